package io.weft.token.encode;

import io.weft.data.OverLength;
import java.util.Arrays;
import java.util.List;

/**
 * Tokens on their way to an example.
 *
 * @param trained which are learned
 * @param fixed which no cut may take: markers, begin and end tokens, a template's own text
 */
record MaskedTokens(int[] ids, boolean[] trained, boolean[] fixed) {
    static final MaskedTokens NOTHING = new MaskedTokens(new int[0], new boolean[0], new boolean[0]);

    static MaskedTokens of(SegmentEncoder.Tokens tokens) {
        boolean[] fixed = new boolean[tokens.ids().length];
        for (int i = 0; i < fixed.length; i++) {
            fixed[i] = !tokens.literal()[i];
        }
        return new MaskedTokens(tokens.ids(), tokens.trained(), fixed);
    }

    /**
     * A prompt and an answer with its end token.
     *
     * @param prefix fixed tokens at the front
     * @param promptLength tokens before the answer; as many as ids when there is none
     */
    static MaskedTokens ofText(int[] ids, int prefix, int promptLength) {
        boolean[] trained = new boolean[ids.length], fixed = new boolean[ids.length];
        Arrays.fill(trained, promptLength, ids.length, true);
        Arrays.fill(fixed, 0, prefix, true);
        if (promptLength < ids.length) {
            fixed[ids.length - 1] = true;
        }
        return new MaskedTokens(ids, trained, fixed);
    }

    /** The last tokens of the prompt fixed as well. */
    MaskedTokens keepingMarker(int markerTokens) {
        int promptLength = 0;
        while (promptLength < ids.length && !trained[promptLength]) {
            promptLength++;
        }
        boolean[] more = fixed.clone();
        Arrays.fill(more, Math.max(0, promptLength - markerTokens), promptLength, true);
        return new MaskedTokens(ids, trained, more);
    }

    MaskedTokens first(int length) {
        return new MaskedTokens(Arrays.copyOf(ids, length), Arrays.copyOf(trained, length),
                Arrays.copyOf(fixed, length));
    }

    MaskedTokens part(int from, int length) {
        return new MaskedTokens(Arrays.copyOfRange(ids, from, from + length),
                Arrays.copyOfRange(trained, from, from + length), Arrays.copyOfRange(fixed, from, from + length));
    }

    /** Something to learn that is predicted from something. */
    boolean hasTarget() {
        for (int i = 1; i < trained.length; i++) {
            if (trained[i]) {
                return true;
            }
        }
        return false;
    }

    /** Nothing learned of the first tokens. */
    MaskedTokens learnedFrom(int start) {
        boolean[] fewer = trained.clone();
        Arrays.fill(fewer, 0, start, false);
        return new MaskedTokens(ids, fewer, fixed);
    }

    /**
     * At most so many tokens: the question loses its beginning, its middle or its end, then the text before it (a
     * system's), then the last answer its end, then earlier answers. {@link #NOTHING} when the fixed tokens alone are
     * too many, or nothing of an answer would be left.
     *
     * @param how {@link OverLength#CUT}, {@link OverLength#CUT_MIDDLE} or {@link OverLength#CUT_RIGHT}
     */
    MaskedTokens shortened(int limit, OverLength how) { return shortened(List.of(this), limit, how).get(0); }

    /** Answers to one question, each {@link #shortened}; the question is cut alike in all of them. */
    static List<MaskedTokens> shortened(List<MaskedTokens> answers, int limit, OverLength how) {
        int excess = answers.stream().mapToInt(each -> each.ids.length).max().orElse(0) - limit;
        return answers.stream().map(each -> each.shortened(excess, limit, how)).toList();
    }

    /** @param asked tokens to take of what is asked, as far as there are any */
    private MaskedTokens shortened(int asked, int limit, OverLength how) {
        boolean[] gone = new boolean[ids.length];
        int excess = Math.max(0, asked), end = ids.length, taken = 0;
        // runs of untrained tokens, the last run first
        while (end > 0 && excess > 0) {
            int start = end;
            while (start > 0 && takes(start - 1, false)) {
                start--;
            }
            int takes = Math.min(excess, end - start), left = end - start - takes;
            int from = how == OverLength.CUT_RIGHT ? end - takes : how == OverLength.CUT_MIDDLE ? start + (left + 1) / 2
                    : start;
            Arrays.fill(gone, from, from + takes, true);
            excess -= takes;
            taken += takes;
            end = Math.min(start, end - 1);
        }
        excess = ids.length - taken - limit;
        int answers = 0;
        for (int i = 0; i < ids.length; i++) {
            answers += takes(i, true) ? 1 : 0;
        }
        if (excess > 0 && excess >= answers) {
            return NOTHING;
        }
        for (int i = ids.length - 1; i >= 0 && excess > 0; i--) {
            if (takes(i, true)) {
                gone[i] = true;
                excess--;
            }
        }
        return without(gone);
    }

    /** The last answer without so much of its end as is too much, but for one token of it. */
    MaskedTokens withoutAnswersEnd(int limit) {
        int last = ids.length;
        while (last > 0 && !takes(last - 1, true)) {
            last--;
        }
        int first = last;
        while (first > 0 && takes(first - 1, true)) {
            first--;
        }
        int takes = Math.max(0, Math.min(ids.length - limit, last - first - 1));
        boolean[] gone = new boolean[ids.length];
        Arrays.fill(gone, last - takes, last, true);
        return without(gone);
    }

    /** How many runs of learned tokens there are. */
    int answers() {
        int runs = 0;
        for (int i = 0; i < ids.length; i++) {
            runs += trained[i] && (i == 0 || !trained[i - 1]) ? 1 : 0;
        }
        return runs;
    }

    /** The first token behind the run of learned tokens of this number, from 1. */
    int endOfAnswer(int number) {
        int at = 0;
        for (int run = 0; run < number; run++) {
            while (!trained[at]) {
                at++;
            }
            while (at < ids.length && trained[at]) {
                at++;
            }
        }
        return at;
    }

    /** The first token of the last run of learned ones. */
    int beginOfLastAnswer() {
        int at = ids.length;
        while (at > 0 && !trained[at - 1]) {
            at--;
        }
        while (at > 0 && trained[at - 1]) {
            at--;
        }
        return at;
    }

    /** Without the tokens from the one to before the other. */
    MaskedTokens without(int from, int end) {
        boolean[] gone = new boolean[ids.length];
        Arrays.fill(gone, from, end, true);
        return without(gone);
    }

    private boolean takes(int i, boolean ofAnswers) { return !fixed[i] && trained[i] == ofAnswers; }

    private MaskedTokens without(boolean[] gone) {
        int[] keptIds = new int[ids.length];
        boolean[] keptTrained = new boolean[ids.length], keptFixed = new boolean[ids.length];
        int kept = 0;
        for (int i = 0; i < ids.length; i++) {
            if (!gone[i]) {
                keptIds[kept] = ids[i];
                keptTrained[kept] = trained[i];
                keptFixed[kept++] = fixed[i];
            }
        }
        return new MaskedTokens(keptIds, keptTrained, keptFixed).first(kept);
    }
}
