package io.weft.prompt;

import io.weft.tensor.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Which training rows to show as examples, and in what order: one after the other the row that lowers the loss of the
 * other rows' answers most (greedy, on a part of the rows), then random changes of the choice and its order, each kept
 * where it lowers the loss on all rows. Order matters as much as choice (Lu et al. 2022, arXiv:2104.08786). What does
 * not fit into the model's context is never chosen.
 */
final class DemonstrationChoice {
    private static final int ROWS = 16, CHANGES = 4, LEAST_POOL = 2;
    /** Of the passes, for the greedy part. */
    private static final double GREEDY = 0.6;
    private static final long STREAM = 0x73686f77; // "show"
    private final Trials trials;
    private final int rows, pool;

    DemonstrationChoice(Trials trials) {
        this.trials = trials;
        rows = Math.min(ROWS, trials.rows().judged().size());
        pool = trials.rows().shown().size();
    }

    /** Passes that this needs at least. @param judged how many rows prompts are judged by */
    static int least(int judged, SearchSettings settings) {
        return settings.shots() * LEAST_POOL * Math.min(ROWS, judged) + judged;
    }

    /** @param passes that may be taken */
    void improve(int passes) {
        int end = trials.passes() + passes, judged = trials.rows().judged().size();
        PromptParts around = trials.best();
        List<Integer> shown = greedy(around, Math.max(least(judged, trials.settings()) - judged,
                (int) (GREEDY * (passes - judged))));
        if (shown.isEmpty()) {
            return;
        }
        double loss = trials.judge(around.withShown(shown));
        for (int step = 0; trials.passes() + CHANGES * judged <= end; step++) {
            List<List<Integer>> changed = changes(shown, step);
            double[] losses = trials.judged(changed.stream().map(around::withShown).toList());
            int lowest = Trials.lowest(losses);
            if (losses[lowest] < loss) {
                shown = changed.get(lowest);
                loss = losses[lowest];
            }
        }
    }

    private List<Integer> greedy(PromptParts around, int passes) {
        int shots = Math.min(trials.settings().shots(), pool);
        int tried = Math.max(LEAST_POOL, Math.min(pool, passes / shots / rows));
        List<Integer> shown = new ArrayList<>(), best = List.of();
        double lowest = Double.POSITIVE_INFINITY;
        for (int shot = 0; shot < shots; shot++) {
            List<List<Integer>> longer = new ArrayList<>();
            for (int row : SearchRows.order(pool, STREAM, trials.settings().seed(), shot)) {
                if (longer.size() < tried && !shown.contains(row)) {
                    List<Integer> more = new ArrayList<>(shown);
                    more.add(row);
                    longer.add(more);
                }
            }
            double[] losses = trials.losses(longer.stream().map(around::withShown).toList(), trials.firstRows(rows));
            int chosen = Trials.lowest(losses);
            if (Double.isInfinite(losses[chosen])) {
                break;   // none fits
            }
            shown = longer.get(chosen);
            if (losses[chosen] < lowest) {
                lowest = losses[chosen];
                best = shown;
            }
        }
        return best;
    }

    /** Each with two rows changed in their places, or one exchanged for a row that is not shown. */
    private List<List<Integer>> changes(List<Integer> shown, int step) {
        List<List<Integer>> changes = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            RandomStream draws = RandomStream.of(STREAM, trials.settings().seed(), step, i, 1);
            List<Integer> changed = new ArrayList<>(shown);
            int place = (int) (draws.uniform(0) * shown.size()), other = (int) (draws.uniform(1) * shown.size());
            int row = (int) (draws.uniform(2) * pool);
            if (place != other && draws.uniform(3) < 0.5 || shown.contains(row)) {
                changed.set(place, shown.get(other));
                changed.set(other, shown.get(place));
            } else {
                changed.set(place, row);
            }
            changes.add(changed);
        }
        return changes;
    }
}
