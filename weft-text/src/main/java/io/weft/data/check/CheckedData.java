package io.weft.data.check;

import io.weft.data.Sample;
import io.weft.data.clean.Repeats;
import io.weft.data.prepare.Manifest;
import java.util.List;
import java.util.Optional;

/**
 * What is known of prepared data beside single rows. Whole when every row was looked at.
 *
 * @param kind     of the rows
 * @param rejected the first rows that were set aside
 * @param repeats  of training and held-out rows together
 * @param prompts  characters of what training and held-out rows ask  @param answers of their answers
 * @param tokens   where a model is known
 */
public record CheckedData(Manifest manifest, Class<? extends Sample> kind, List<Example> rejected, Repeats repeats,
        Labels labels, Lengths prompts, Lengths answers, NearRows near, Optional<TokenFigures> tokens) {
    static CheckedData of(Manifest manifest, Class<? extends Sample> kind, List<Example> rejected,
            Optional<TokenFigures> tokens) {
        return new CheckedData(manifest, kind, rejected, new Repeats(), new Labels(kind), new Lengths(),
                new Lengths(), new NearRows(new Examples(), new Examples(), new Examples()), tokens);
    }

    public int train() { return manifest.counts().train(); }

    public int heldOut() { return manifest.counts().heldOut(); }

    /** Rows of both files. */
    public int rows() { return train() + heldOut(); }

    /**
     * Rows that repeat others without being word for word the same.
     *
     * @param asked   held-out rows whose prompt a training row asks, too
     * @param train   training rows that say nearly what an earlier one says
     * @param heldOut held-out rows of another prompt that say nearly what a training row says
     */
    public record NearRows(Examples asked, Examples train, Examples heldOut) {}
}
