package io.weft.prompt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The best of several instructions, the user's and the model's own proposals, by the loss of the training rows' answers
 * (APE, Zhou et al. 2022, arXiv:2211.01910). Successive halving (Jamieson and Talwalkar 2016, arXiv:1502.07943): all
 * are tried on few rows, the better half on more, and so on; what is left is judged on all rows.
 */
final class InstructionChoice {
    /** Fewest rows that an instruction is tried on. */
    private static final int LEAST_ROWS = 4;
    private final Trials trials;
    private final List<String> given;
    private final Proposals proposals;

    /** @param given the user's own instructions */
    InstructionChoice(Trials trials, List<String> given, Proposals proposals) {
        this.trials = trials;
        this.given = given;
        this.proposals = proposals;
    }

    /** Passes that this needs at least. @param judged how many rows prompts are judged by */
    static int least(int judged, SearchSettings settings, int given) {
        int candidates = settings.proposals() + given;
        return settings.proposals() + candidates * Math.min(LEAST_ROWS, judged) + judged;
    }

    /** @param passes that may be taken */
    void improve(int passes) {
        int end = trials.passes() + passes, judged = trials.rows().judged().size();
        PromptParts around = trials.best();
        Set<String> all = new LinkedHashSet<>(given);
        all.addAll(proposals.made(trials));
        List<PromptParts> alive = new ArrayList<>(all.stream().map(around::withInstruction).toList());
        int rounds = 32 - Integer.numberOfLeadingZeros(Math.max(1, alive.size() - 1));
        for (int round = 0; alive.size() > 1; round++) {
            int share = (end - trials.passes() - judged) / Math.max(1, rounds - round);
            int rows = Math.min(judged, share / alive.size());
            if (rows < Math.min(LEAST_ROWS, judged)) {
                break;   // what was tried so far tells which is best
            }
            alive = better(alive, trials.losses(alive, trials.firstRows(rows)));
        }
        if (!alive.isEmpty() && trials.passes() + judged <= end) {
            trials.judge(alive.get(0));
        }
    }

    /** The better half, the best first. */
    private static List<PromptParts> better(List<PromptParts> alive, double[] losses) {
        return IntStream.range(0, losses.length).boxed().sorted(Comparator.comparingDouble(i -> losses[i]))
                .limit((losses.length + 1) / 2).map(alive::get).toList();
    }
}
