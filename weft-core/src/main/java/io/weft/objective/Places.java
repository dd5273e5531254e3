package io.weft.objective;

import io.weft.data.Batch;
import io.weft.nn.Readout;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where a batch reads the head, and what it asks there: of tokens at each place that has a target, of rows at the last
 * token of each document.
 *
 * @param tokens    [N] ascending  @param ids [N] the token or the label that is asked for; 0 where a score is
 * @param documents [N] that of each place
 */
record Places(int[] tokens, int[] ids, int[] documents) {
    static Places of(Batch batch, Readout readout) {
        if (readout.isOfRows()) {
            int[] documents = IntStream.range(0, batch.documents()).toArray();
            return new Places(IntStream.of(documents).map(document -> batch.starts()[document + 1] - 1).toArray(),
                    IntStream.of(documents).map(document -> readout == Readout.CLASSES
                    ? (int) batch.values()[document] : 0).toArray(), documents);
        }
        int[] tokens = IntStream.range(0, batch.tokens()).filter(i -> batch.targets()[i] != Batch.NONE).toArray();
        int[] documents = new int[tokens.length];
        for (int i = 0, n = 0; i < tokens.length; i++) {
            while (tokens[i] >= batch.starts()[n + 1]) {
                n++;
            }
            documents[i] = n;
        }
        return new Places(tokens, Arrays.stream(tokens).map(token -> batch.targets()[token]).toArray(), documents);
    }

    int count() { return tokens.length; }
}
