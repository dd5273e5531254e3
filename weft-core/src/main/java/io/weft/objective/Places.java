package io.weft.objective;

import io.weft.data.Batch;
import io.weft.nn.Readout;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where a batch reads the head, and what it asks there: of tokens at each place that has a target, and at those of the
 * prompts that an objective asks for; of rows at the last token of each document.
 *
 * @param tokens    [N] ascending  @param ids [N] the token or the label that is asked for; 0 where a score is
 * @param documents [N] that of each place
 * @param ofPrompt  [N] see {@link Targets#ofPrompt}; empty where no prompt is asked for
 */
record Places(int[] tokens, int[] ids, int[] documents, boolean[] ofPrompt) {
    private static final boolean[] NO_PROMPT = {};

    /** What the rows say. */
    static Places of(Batch batch, Readout readout) {
        return readout.isOfRows() ? ofRows(batch, readout) : ofTokens(batch, new boolean[batch.documents()]);
    }

    /** What the rows say and what the objective asks for. */
    static Places of(Batch batch, Objective objective) {
        boolean[] prompts = new boolean[batch.documents()];
        for (int n = 0, first = 0; n < prompts.length; n++) {
            first = n == 0 || batch.rows()[n] != batch.rows()[n - 1] ? n : first;
            prompts[n] = objective.wantsPrompt(n - first);
        }
        return objective.readout().isOfRows() ? ofRows(batch, objective.readout()) : ofTokens(batch, prompts);
    }

    private static Places ofRows(Batch batch, Readout readout) {
        int[] documents = IntStream.range(0, batch.documents()).toArray();
        return new Places(IntStream.of(documents).map(document -> batch.starts()[document + 1] - 1).toArray(),
                IntStream.of(documents).map(document -> readout == Readout.CLASSES
                ? (int) batch.values()[document] : 0).toArray(), documents, NO_PROMPT);
    }

    /** @param prompts documents of which the tokens before the first that is learned are targets, too */
    private static Places ofTokens(Batch batch, boolean[] prompts) {
        int[] tokens = new int[batch.tokens()], ids = new int[batch.tokens()], documents = new int[batch.tokens()];
        boolean[] ofPrompt = new boolean[batch.tokens()];
        int count = 0;
        boolean any = false;
        for (int n = 0; n < prompts.length; n++) {
            boolean asking = prompts[n];
            for (int i = batch.starts()[n]; i < batch.starts()[n + 1]; i++) {
                int learned = batch.targets()[i];
                asking &= learned == Batch.NONE && i + 1 < batch.starts()[n + 1];
                boolean own = i >= batch.starts()[n] + batch.before()[n];
                if (asking && own || learned != Batch.NONE) {
                    tokens[count] = i;
                    ids[count] = asking ? batch.ids()[i + 1] : learned;
                    documents[count] = n;
                    ofPrompt[count++] = asking;
                    any |= asking;
                }
            }
        }
        return new Places(Arrays.copyOf(tokens, count), Arrays.copyOf(ids, count), Arrays.copyOf(documents, count),
                any ? Arrays.copyOf(ofPrompt, count) : NO_PROMPT);
    }

    int count() { return tokens.length; }

    /** Targets whose log-probabilities nobody knows yet. */
    Targets unknown(Batch batch) {
        return Targets.unknown(documents, batch.rows(), batch.values()).withPrompts(ofPrompt)
                .withEarlier(batch.earlier());
    }
}
