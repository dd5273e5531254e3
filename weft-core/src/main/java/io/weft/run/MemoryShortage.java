package io.weft.run;

import io.weft.run.RunEvent.Warned;
import java.util.Optional;

/**
 * A failure for want of memory, which is no bug.
 *
 * @param heap whether it is Java's heap that is full, and not the machine's memory
 * @param told by whoever wanted memory, in one line
 */
public record MemoryShortage(boolean heap, String told) {
    /** Kinds of the events that tell of one. */
    public static final String HEAP = "memory.heap", MACHINE = "memory.allocation";

    /** Nothing where the failure is another one. libtorch's text is its only sign. */
    public static Optional<MemoryShortage> of(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String text = String.valueOf(each.getMessage());
            if (each instanceof OutOfMemoryError) {
                return Optional.of(new MemoryShortage(true, text));
            }
            if (text.contains("can't allocate memory") || text.contains("CUDA out of memory")) {
                return Optional.of(new MemoryShortage(false, text.lines().findFirst().orElse("")));
            }
        }
        return Optional.empty();
    }

    /** As it stands in the log of a run. @param step the last one that was done */
    public Warned event(int step) { return Warned.of(step, heap ? HEAP : MACHINE, told); }
}
