package io.weft.tensor;

/** Which matrix library multiplies: MKL where its jar is on the class path (Linux on x86_64), OpenBLAS elsewhere. */
public final class Blas {
    private Blas() {}

    /** "mkl" or "openblas". */
    public static String name() { return mklOnClassPath() ? "mkl" : "openblas"; }

    static boolean mklOnClassPath() {
        return Blas.class.getResource("/org/bytedeco/mkl/linux-x86_64/libmkl_rt.so.2") != null;
    }
}
