package io.weft.data.check;

import io.weft.data.Sample;
import io.weft.data.clean.Repeats;
import io.weft.data.prepare.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is known of prepared data beside single rows. Whole when every row was looked at.
 *
 * @param kind      of the rows
 * @param near      rows that nearly repeat others, in the order of {@link NearRows}
 * @param tokens    where a model is known
 */
public record CheckedData(Manifest manifest, Class<? extends Sample> kind, Repeats repeats, Labels labels,
        Lengths prompts, Lengths answers, NearRows near, Optional<TokenFigures> tokens) {
    static CheckedData of(Manifest manifest, Class<? extends Sample> kind, Optional<TokenFigures> tokens) {
        return new CheckedData(manifest, kind, new Repeats(), new Labels(kind), new Lengths(), new Lengths(),
                new NearRows(new ArrayList<>(), new ArrayList<>()), tokens);
    }

    public int train() { return manifest.counts().train(); }

    public int heldOut() { return manifest.counts().heldOut(); }

    /** Rows of both files. */
    public int rows() { return train() + heldOut(); }

    /**
     * Rows that say nearly what another one says, exact repetitions left out.
     *
     * @param train   training rows that repeat an earlier one
     * @param heldOut held-out rows that repeat a training row
     */
    public record NearRows(List<Example> train, List<Example> heldOut) {}
}
