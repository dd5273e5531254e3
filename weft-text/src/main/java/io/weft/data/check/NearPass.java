package io.weft.data.check;

import io.weft.data.Sample;
import io.weft.data.clean.NearRepeats;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Looks for rows that nearly repeat others, when exact repetitions are known. */
public final class NearPass {
    /** Jaccard's similarity from which rows are called near, the usual one of deduplication (Lee et al. 2021). */
    public static final double SIMILARITY = 0.8;
    /** Any will do; always the same, so that reports are. */
    private static final long SEED = 42;
    private final List<Sample> train, heldOut;

    NearPass(List<Sample> train, List<Sample> heldOut) {
        this.train = train;
        this.heldOut = heldOut;
    }

    /**
     * @param repeating training rows that repeat an earlier one word for word
     * @param asked     held-out rows whose prompt is trained on
     */
    void run(BitSet repeating, BitSet asked, CheckedData.NearRows found) {
        var near = new NearRepeats(train.size() + heldOut.size(), number -> NearRepeats.text(row(number)), SIMILARITY,
                SEED);
        near.among(numbers(train.size(), number -> !repeating.get(number)), pair -> note(pair, found.train()));
        near.against(IntStream.of(numbers(heldOut.size(), number -> !asked.get(number)))
                .map(number -> number + train.size()).toArray(), pair -> note(pair, found.heldOut()));
    }

    private static int[] numbers(int rows, IntPredicate which) {
        return IntStream.range(0, rows).filter(which).toArray();
    }

    private void note(NearRepeats.Near pair, Examples to) {
        Sample row = row(pair.row());
        to.add(Example.of(row.place(), row(pair.earlier()).place(),
                OptionalDouble.of(Figures.rounded(pair.similarity())), String.join(" ", row.answers())));
    }

    private Sample row(int number) {
        return number < train.size() ? train.get(number) : heldOut.get(number - train.size());
    }
}
