package io.weft.estimate;

import io.weft.objective.Recompute;
import java.util.OptionalInt;

/**
 * How a run's passes are made to fit: activations are kept and micro-batches go through whole where memory allows;
 * else smaller passes that add up to the same gradient, and else activations are computed twice.
 *
 * @param recompute ALWAYS or NEVER  @param atOnce most tokens of a pass, 0 for whole micro-batches
 * @param memory    what it then takes  @param available what there is
 */
public record Fitting(Recompute recompute, long atOnce, MemoryEstimate memory, long available) {
    /** Passes smaller than this multiply at a lower rate: below it, computing twice is cheaper. */
    private static final long SMALL = 512;
    /** Share of what is free that a run may plan with: other programs grow, too. */
    private static final double MOST = 0.9;

    /**
     * @param asked      AUTO, or what is to be kept to  @param upcast whether a kept graph would hold wide copies
     * @param accumulates whether a step has several micro-batches  @param mayDivide whether passes may be smaller than
     *     micro-batches  @param atOnce tokens of a pass where that is settled
     */
    public record Wish(Recompute asked, boolean upcast, boolean accumulates, boolean mayDivide, OptionalInt atOnce) {}

    /** The fastest way that fits, and where none does the one that takes least. */
    public static Fitting of(MemoryModel model, TokenLoad load, Wish wish, long available) {
        boolean keeps = wish.asked() == Recompute.NEVER || wish.asked() == Recompute.AUTO && !wish.upcast();
        boolean repeats = wish.asked() != Recompute.NEVER;
        Fitting best = null;
        for (long most : new long[] {SMALL, 0}) {
            for (Recompute one : new Recompute[] {Recompute.NEVER, Recompute.ALWAYS}) {
                if (one == Recompute.NEVER ? !keeps : !repeats) {
                    continue;
                }
                Fitting found = largest(model, load, wish, one, most, available);
                if (found.fits()) {
                    return found;
                }
                best = best == null || found.memory.total() <= best.memory.total() ? found : best;
            }
        }
        return best;
    }

    /** With passes that are halved until they fit. @param least tokens of a pass */
    private static Fitting largest(MemoryModel model, TokenLoad load, Wish wish, Recompute recompute, long least,
            long available) {
        Fitting found = with(model, load, wish, recompute, wish.atOnce().orElse(0), available);
        long floor = Math.max(least, load.longest());
        for (long most = load.micro(); wish.mayDivide() && wish.atOnce().isEmpty() && !found.fits() && most > floor; ) {
            most = Math.max(floor, most / 2);
            found = with(model, load, wish, recompute, most, available);
        }
        return found;
    }

    private static Fitting with(MemoryModel model, TokenLoad load, Wish wish, Recompute recompute, long most,
            long available) {
        return new Fitting(recompute, most, model.at(load.atOnce(most), recompute, wish.accumulates() || most > 0),
                available);
    }

    /** Whether it leaves a margin. */
    public boolean fits() { return memory.total() <= MOST * available; }

    /** Whether it takes more than there is. */
    public boolean exceeds() { return memory.total() > available; }
}
