package io.weft.tensor;

import org.bytedeco.javacpp.Loader;

/** Loads libtorch with the settings it needs, once, before the first native class is touched. */
final class Native {
    static {
        // JavaCPP would refuse to go on once the process passes four times -Xmx; native memory has nothing to do with
        // the heap here.
        System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        System.getProperties().putIfAbsent("org.bytedeco.javacpp.pathsFirst", "false");
        if (Blas.mklOnClassPath()) {
            System.getProperties().putIfAbsent("org.bytedeco.openblas.load", "mkl_rt");
        }
        Loader.load(org.bytedeco.pytorch.global.torch.class);
    }

    private Native() {}

    /** Whether the native libraries on the class path can compute on CUDA devices (Maven's profile cuda). */
    static boolean isForCuda() {
        return Native.class.getResource("/org/bytedeco/pytorch/" + Loader.getPlatform() + "-gpu/libtorch_cuda.so")
                != null;
    }

    /** Does nothing but make sure that the class is initialised. */
    static void load() {}
}
