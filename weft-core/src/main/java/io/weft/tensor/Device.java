package io.weft.tensor;

import io.weft.problem.UserError;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.global.torch;

import static io.weft.problem.Language.say;

/**
 * Where tensors lie and are computed with: the CPU, or one CUDA device. Scoped, since one thread makes tensors: those
 * that are made inside {@link #run} lie on its device. Host arrays and files enter and leave by a copy, wherever the
 * tensor lies.
 */
public final class Device {
    public static final Device CPU = new Device("cpu");
    /** Shapes and types without memory or values: to count and to name, never to compute with. */
    public static final Device META = new Device("meta");
    /** What {@link #parse} takes. */
    public static final Pattern WORDS = Pattern.compile("auto|cpu|cuda(:[0-9]{1,2})?");
    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,2}))?");
    private static final ThreadLocal<Device> CURRENT = ThreadLocal.withInitial(() -> CPU);
    private final String name;

    private Device(String name) { this.name = name; }

    /** @throws UserError when there is no such device, saying what it takes to have one */
    public static Device cuda(int index) {
        int devices = cudaDevices();
        if (index >= devices) {
            throw UserError.of(devices == 0 ? say("cuda:%d is not there: %s", index, whyNoCuda())
                    : say("cuda:%d is not there; this machine has %d CUDA devices, counted from 0", index, devices));
        }
        return new Device("cuda:" + index);
    }

    /**
     * @param word "cpu", "cuda" or "cuda:N", or "auto": the first CUDA device, or the CPU where there is none
     * @throws UserError when there is no such device
     */
    public static Device parse(String word) {
        Matcher cuda = CUDA.matcher(word);
        if (cuda.matches()) {
            return cuda(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
        }
        return switch (word) {
            case "cpu" -> CPU;
            case "auto" -> cudaDevices() > 0 ? cuda(0) : CPU;
            default -> throw UserError.of(say("a device is auto, cpu, cuda or cuda:N, not %s", word));
        };
    }

    /** Number of CUDA devices that can be used. */
    public static int cudaDevices() {
        Native.load();
        return torch.hasCUDA() ? torch.cuda_device_count() : 0;
    }

    /** Why there is no CUDA device, and what it takes to have one. */
    public static String whyNoCuda() {
        return Native.isForCuda()
                ? say("libtorch finds no NVIDIA driver or device; see what nvidia-smi says, and install a driver for "
                        + "CUDA 13 or later")
                : say("this Weft was built for the CPU; build it anew with mvn -Pcuda, on a machine with an NVIDIA "
                        + "driver, CUDA 13 and cuDNN 9");
    }

    /** The device that tensors are made on now. */
    public static Device current() { return CURRENT.get(); }

    /** Runs the body; every tensor made in it lies on the device. */
    public static void run(Device device, Runnable body) {
        value(device, () -> {
            body.run();
            return null;
        });
    }

    /** As {@link #run}, for a body that returns something. */
    public static <T> T value(Device device, Supplier<T> body) {
        Device before = CURRENT.get();
        CURRENT.set(device);
        try {
            return body.get();
        } finally {
            CURRENT.set(before);
        }
    }

    public boolean isCpu() { return this == CPU; }

    static Device of(org.bytedeco.pytorch.Tensor tensor) {
        if (tensor.is_cpu()) {
            return CPU;
        }
        return tensor.is_meta() ? META : new Device("cuda:" + tensor.device().index());
    }

    org.bytedeco.pytorch.Device handle() { return new org.bytedeco.pytorch.Device(name); }

    @Override public boolean equals(Object other) {
        return other instanceof Device && ((Device) other).name.equals(name);
    }

    @Override public int hashCode() { return name.hashCode(); }

    /** As it is written in a recipe. */
    @Override public String toString() { return name; }
}
