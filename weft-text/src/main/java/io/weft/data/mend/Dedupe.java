package io.weft.data.mend;

import io.weft.data.IntList;
import io.weft.data.clean.Fingerprint;
import io.weft.data.clean.FingerprintSet;
import io.weft.data.clean.NearRepeats;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Word;
import java.util.Optional;
import java.util.stream.IntStream;

import static io.weft.problem.Translatable.text;

/**
 * Drops rows that say what an earlier row says, word for word or nearly. The first of them stays.
 *
 * @param similarity of two rows from which on they are near, as {@link NearRepeats} has it; exact ones do not need it
 */
public record Dedupe(How how, double similarity) implements PoolStep {
    /** What is taken for a repetition. */
    public enum How implements Word {
        /** All words alike: what is asked, answered and marked. */
        EXACT,
        /** That, and rows of which most runs of words are alike. */
        NEAR
    }

    private static final Setting HOW = Setting.of("how", OneOf.of(How.class),
            text("exact: word for word; near: also rows that are as similar as said below"));
    private static final Section<Dedupe> SECTION = Section.of("dedupe", new Dedupe(),
            text("drop rows that repeat an earlier one"), HOW,
            Setting.of("similarity", new Number(0.5, false, 1, false),
                    text("the share of common pieces (Jaccard) from which on two rows are near")));

    public Dedupe() { this(How.EXACT, 0.8); }

    @Override public Section<Dedupe> section() { return SECTION; }

    @Override public Optional<Setting> usual() { return Optional.of(HOW); }

    @Override public void mend(Pool pool) {
        dropExact(pool);
        if (how == How.NEAR) {
            dropNear(pool);
        }
    }

    private static void dropExact(Pool pool) {
        FingerprintSet said = new FingerprintSet();
        IntList first = new IntList();
        for (int row = 0; row < pool.count(); row++) {
            if (pool.holds(row)) {
                int what = said.add(Fingerprint.of(pool.sample(row).words()));
                if (what == first.size()) {
                    first.add(row);
                } else {
                    pool.drop(row, "duplicate", first.get(what));
                }
            }
        }
    }

    private void dropNear(Pool pool) {
        int[] left = IntStream.range(0, pool.count()).filter(pool::holds).toArray();
        var near = new NearRepeats(pool.count(), row -> NearRepeats.text(pool.sample(row)), similarity, pool.seed());
        near.among(left, pair -> pool.drop(pair.row(), "nearDuplicate", pair.earlier()));
    }
}
