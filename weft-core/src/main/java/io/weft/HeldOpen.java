package io.weft;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a run holds open, or changed in the process: undone in the reverse order, all of it even where one fails. */
final class HeldOpen implements AutoCloseable {
    private final Deque<AutoCloseable> held = new ArrayDeque<>();

    <T extends AutoCloseable> T hold(T one) {
        held.push(one);
        return one;
    }

    @Override public void close() {
        RuntimeException failed = null;
        while (!held.isEmpty()) {
            try {
                held.pop().close();
            } catch (Exception e) {
                RuntimeException one = e instanceof RuntimeException known ? known : new IllegalStateException(e);
                if (failed == null) {
                    failed = one;
                } else {
                    failed.addSuppressed(one);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
