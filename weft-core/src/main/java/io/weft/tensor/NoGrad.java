package io.weft.tensor;

import java.util.function.Supplier;
import org.bytedeco.pytorch.GradMode;

/** Computes without recording a graph for gradients. */
public final class NoGrad {
    static { Native.load(); }

    private NoGrad() {}

    /** Whether a graph is being recorded. */
    public static boolean isOff() { return GradMode.is_enabled(); }

    public static void run(Runnable body) {
        get(() -> {
            body.run();
            return null;
        });
    }

    public static <T> T get(Supplier<T> body) {
        boolean before = GradMode.is_enabled();
        GradMode.set_enabled(false);
        try {
            return body.get();
        } finally {
            GradMode.set_enabled(before);
        }
    }
}
