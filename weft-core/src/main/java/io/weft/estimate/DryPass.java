package io.weft.estimate;

import io.weft.data.Batch;
import io.weft.data.ExampleGroup;
import io.weft.nn.Dropout;
import io.weft.objective.BlockWalk;
import io.weft.objective.Objective;
import io.weft.run.MachineWatch;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The largest pass of a run, gone through once before the first step, so that what it takes is known then and not when
 * its turn comes. Whoever asks for it clears the gradients; nothing else is left of it.
 *
 * @param tokens  of the pass  @param peak bytes that the process held at most meanwhile, -1 where the system does not
 *     tell
 * @param seconds that it took
 */
public record DryPass(int tokens, long peak, double seconds) {
    private static final long EVERY_MILLIS = 20;

    /** @param first a row that gathers gradients before, where a step has several passes; none where it has one */
    public static DryPass of(BlockWalk walk, Objective objective, List<ExampleGroup> first,
            List<ExampleGroup> largest) {
        if (!first.isEmpty()) {
            pass(walk, objective, first);
        }
        AtomicLong peak = new AtomicLong(-1);
        ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "weft-dry-pass");
            thread.setDaemon(true);
            return thread;
        });
        try {
            looking.scheduleAtFixedRate(() -> peak.accumulateAndGet(MachineWatch.own().orElse(-1), Math::max), 0,
                    EVERY_MILLIS, TimeUnit.MILLISECONDS);
            long begun = System.nanoTime();
            pass(walk, objective, largest);
            return new DryPass(largest.stream().mapToInt(ExampleGroup::length).sum(), peak.get(),
                    (System.nanoTime() - begun) / 1e9);
        } finally {
            looking.shutdownNow();
        }
    }

    private static void pass(BlockWalk walk, Objective objective, List<ExampleGroup> groups) {
        Objective.Step step = walk.prepared(List.of(groups), objective, 0);
        walk.forwardBackward(Batch.ofGroups(step.microBatches().get(0)), step.objective(), count -> 1,
                Dropout.of(0, 0));
    }
}
