package io.weft.data.prepare;

import io.weft.data.IntList;
import io.weft.data.Sample;
import io.weft.data.augment.AnsweringModels;
import io.weft.data.mend.MendChange;
import io.weft.data.mend.RowGroups;
import io.weft.data.mend.TrainingRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The rows to train on while steps mend them, as numbers of a spool in the order in which they will be written. */
final class TrainingList {
    private final RowSpool rows, held;
    private final int[] heldOut;
    private final long seed;
    private final MendLog log;
    private final AnsweringModels models;
    private final IntList order = new IntList();
    private final BitSet dropped = new BitSet();
    private final Map<Integer, Made> made = new LinkedHashMap<>();

    /** A row of the spool that nobody wrote: by which step, and how. */
    record Made(String step, String what) {}

    /** @param held the spool of the held-out rows, which may be the same */
    TrainingList(RowSpool rows, int[] train, RowSpool held, int[] heldOut, long seed, MendLog log,
            AnsweringModels models) {
        this.models = models;
        this.rows = rows;
        this.held = held;
        this.heldOut = heldOut;
        this.seed = seed;
        this.log = log;
        for (int row : train) {
            order.add(row);
        }
    }

    /** The numbers in the spool of what is left, in the order in which they are written. */
    int[] left() { return IntStream.range(0, order.size()).filter(at -> !dropped.get(at)).map(order::get).toArray(); }

    /** How a row of the spool was made, where a step made it. */
    Optional<Made> made(int spooled) { return Optional.ofNullable(made.get(spooled)); }

    /** The rows as one step sees them: what it does is told. */
    TrainingRows seenBy(String step) { return new Seen(step); }

    private static Sample read(RowSpool from, int number) {
        try {
            return from.sample(number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Seen implements TrainingRows {
        private final String step;

        private Seen(String step) { this.step = step; }

        @Override public int count() { return order.size(); }

        @Override public boolean holds(int number) { return !dropped.get(number); }

        @Override public Sample sample(int number) { return read(rows, order.get(number)); }

        @Override public int group(int number, String by) { return groups(by).of(order.get(number)); }

        @Override public RowGroups groups(String by) { return rows.groups(by); }

        @Override public boolean isMade(int number) { return made.containsKey(order.get(number)); }

        @Override public int heldOut() { return heldOut.length; }

        @Override public Sample heldOut(int number) { return read(held, heldOut[number]); }

        @Override public int add(Sample sample, int from, String what) {
            told(from, row -> MendChange.added(what, row, sample));
            try {
                int spooled = rows.add(sample, order.get(from));
                made.put(spooled, new Made(step, what));
                order.add(spooled);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return order.size() - 1;
        }

        @Override public void repeat(int number, int times, String why) {
            told(number, row -> MendChange.repeated(why, row, times));
            for (int i = 0; i < times; i++) {
                order.add(order.get(number));
            }
        }

        @Override public void drop(int number, String why) {
            told(number, row -> MendChange.dropped(why, row, Optional.empty()));
            dropped.set(number);
        }

        private void told(int number, Function<Sample, MendChange> change) {
            try {
                log.add(step, change.apply(sample(number)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override public void found(String what, int rows) { log.found(step, what, rows); }

        @Override public AnsweringModels models() { return models; }

        @Override public long seed() { return seed; }
    }
}
