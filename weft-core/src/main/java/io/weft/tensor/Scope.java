package io.weft.tensor;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Frees native memory: what is born inside a scope dies at its end, except what it returns. A scope belongs to the
 * thread that opened it. A tensor that is born outside of any scope lives as long as it can be reached from Java.
 */
public final class Scope {
    static { Native.load(); }

    private Scope() {}

    /** Runs the body; every tensor made in it is freed at the end. */
    public static void run(Runnable body) {
        try (PointerScope scope = new PointerScope()) {
            body.run();
        }
    }

    /** Runs the body and returns a plain value, no tensor; every tensor made in it is freed at the end. */
    public static <T> T value(Supplier<T> body) {
        try (PointerScope scope = new PointerScope()) {
            T value = body.get();
            if (value instanceof Tensor) {
                throw new IllegalArgumentException("a tensor leaves a scope through keep");
            }
            return value;
        }
    }

    /**
     * Runs the body and moves the returned tensor out to the scope around this one; everything else made in it is
     * freed.
     */
    public static Tensor keep(Supplier<Tensor> body) { return keepAll(() -> List.of(body.get())).get(0); }

    /** As {@link #keep}, for several tensors. */
    public static List<Tensor> keepAll(Supplier<List<Tensor>> body) { return move(PointerScope.getInnerScope(), body); }

    /**
     * The scope that is open now, for an object that makes tensors later, inside of inner scopes, which must live as
     * long as the object itself.
     */
    public static Owner owner() { return new Owner(PointerScope.getInnerScope()); }

    /** See {@link #owner}. */
    public static final class Owner {
        private final PointerScope scope;

        private Owner(PointerScope scope) { this.scope = scope; }

        /**
         * Runs the body; the returned tensor lives as long as the owner's scope, everything else made in it is freed.
         */
        public Tensor keep(Supplier<Tensor> body) { return keepAll(() -> List.of(body.get())).get(0); }

        /** As {@link #keep}, for several tensors. */
        public List<Tensor> keepAll(Supplier<List<Tensor>> body) { return move(scope, body); }
    }

    private static List<Tensor> move(PointerScope target, Supplier<List<Tensor>> body) {
        try (PointerScope inner = new PointerScope()) {
            List<Tensor> kept = body.get();
            for (Tensor tensor : kept) {
                // A new holder before the old one lets go: the other order frees it.
                if (target == null) {
                    tensor.handle.retainReference();
                } else {
                    target.attach(tensor.handle);
                }
                inner.detach(tensor.handle);
            }
            return kept;
        }
    }

    /** Frees tensors before their scope ends, such as large ones that nobody will ask for any more. */
    public static void free(Collection<Tensor> tensors) { tensors.forEach(tensor -> tensor.handle.close()); }

    /** Number of native objects alive, for leak tests. */
    public static long live() { return Pointer.totalCount(); }
}
