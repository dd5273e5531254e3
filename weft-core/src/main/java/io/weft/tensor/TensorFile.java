package io.weft.tensor;

import io.weft.problem.UserError;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * Named tensors in one file of a known format. Opening reads where each lies and checks that against the file; the
 * tensors themselves are read one by one, when asked for.
 */
public interface TensorFile {
    /**
     * Where one tensor lies.
     *
     * @param strides elements to step over in the file for the next index of each dimension
     * @param start   bytes from the start of the file to its first element
     * @param length bytes from there to the end of its last element, 0 when it is empty
     */
    record Entry(DType type, long[] shape, long[] strides, long start, long length) {
        /** A tensor that lies row by row, without gaps. @throws ArithmeticException when no file could hold it */
        static Entry contiguous(DType type, long[] shape, long start) {
            long[] strides = new long[shape.length];
            long elements = 1;
            for (int i = shape.length - 1; i >= 0; i--) {
                strides[i] = elements;
                elements = Math.multiplyExact(elements, shape[i]);
            }
            return new Entry(type, shape, strides, start, Math.multiplyExact(elements, type.bytes()));
        }

        public long elements() { return Arrays.stream(shape).reduce(1, (a, b) -> a * b); }

        /** Whether its bytes in the file are its elements in order, so that they can be used as they lie. */
        public boolean isContiguous() {
            long expected = 1;
            for (int i = shape.length - 1; i >= 0; i--) {
                if (shape[i] != 1 && strides[i] != expected) {
                    return length == 0;
                }
                expected *= shape[i];
            }
            return true;
        }
    }

    Path file();

    /** In the order of the file. */
    Set<String> names();

    /** Where a tensor lies, or null when there is none of that name. */
    Entry entry(String name);

    default boolean has(String name) { return entry(name) != null; }

    /** As {@link #read}, in the host's memory whatever the current device. */
    default Tensor readOnHost(String name) { return Device.value(Device.CPU, () -> read(name)); }

    /**
     * Some rows of a matrix that lies row by row, in its stored type, on the current device; of the file no more is
     * read.
     */
    default Tensor readRows(String name, long from, long length) {
        Entry entry = entry(name);
        long row = entry.elements() / entry.shape()[0];
        return copied(Entry.contiguous(entry.type(), new long[] {length, row},
                entry.start() + from * row * entry.type().bytes()), length, row);
    }

    /** One tensor in its stored type, contiguous, on the current device; its bytes are copied. */
    default Tensor read(String name) {
        Entry entry = entry(name);
        if (entry == null) {
            throw UserError.of(say("%s holds no tensor %s", file(), name));
        }
        if (entry.isContiguous()) {
            return copied(entry, entry.shape());
        }
        return Scope.keep(() -> copied(entry, entry.length() / entry.type().bytes())
                .strided(entry.shape(), entry.strides()).contiguous());
    }

    /** Every tensor, in the order of the file. */
    default Map<String, Tensor> readAll() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        names().forEach(name -> all.put(name, read(name)));
        return all;
    }

    /** Whether a tensor here and one there have the same shape and the same values. */
    default boolean isSame(String name, TensorFile there, String other) {
        Entry a = entry(name), b = there.entry(other);
        if (!Arrays.equals(a.shape(), b.shape())) {
            return false;
        }
        if (a.type() == b.type() && a.isContiguous() && b.isContiguous()) {
            return this == there && a.start() == b.start() || sameBytes(a, there, b);
        }
        return Scope.value(() -> read(name).to(DType.F32).sub(there.read(other).to(DType.F32)).abs().max().item() == 0);
    }

    private boolean sameBytes(Entry a, TensorFile there, Entry b) {
        final int atOnce = 64 << 20;
        try (FileChannel left = FileChannel.open(file(), StandardOpenOption.READ);
                FileChannel right = FileChannel.open(there.file(), StandardOpenOption.READ)) {
            for (long done = 0; done < a.length(); done += atOnce) {
                long length = Math.min(atOnce, a.length() - done);
                if (!left.map(FileChannel.MapMode.READ_ONLY, a.start() + done, length)
                        .equals(right.map(FileChannel.MapMode.READ_ONLY, b.start() + done, length))) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file(), e.getMessage()), e);
        }
    }

    private Tensor copied(Entry entry, long... shape) {
        final int atOnce = 64 << 20;
        Tensor tensor = Tensor.host(entry.type(), shape);
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.READ)) {
            for (long done = 0; done < entry.length();) {
                int length = (int) Math.min(atOnce, entry.length() - done);
                ByteBuffer window = tensor.bytes(done, length);
                while (window.hasRemaining()) {
                    if (channel.read(window, entry.start() + done + window.position()) < 0) {
                        throw new EOFException(file() + " ends early");
                    }
                }
                done += length;
            }
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file(), e.getMessage()), e);
        }
        return tensor.moved();
    }
}
