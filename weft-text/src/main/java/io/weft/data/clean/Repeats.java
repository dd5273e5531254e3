package io.weft.data.clean;

import io.weft.data.IntList;
import io.weft.data.Place;
import io.weft.data.Sample;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds rows that say the same, and rows that contradict each other: that answer the same prompt differently, prefer
 * one answer here and the other there, or call the same answer good and bad. Holds less than a hundred bytes a row, no
 * text.
 */
public final class Repeats {
    private static final int NONE = -1;
    // of each row: its number, its place, the number of what it says, the next row on its subject
    private final IntList numbers = new IntList(), says = new IntList(), next = new IntList();
    private final PlaceList places = new PlaceList();
    // of each thing said: its first row; of each subject: its first and its last row
    private final FingerprintSet said = new FingerprintSet(), subjects = new FingerprintSet();
    private final IntList firstSaying = new IntList(), firstOn = new IntList(), lastOn = new IntList();
    private final IntList duplicates = new IntList();
    private final BitSet contradicted = new BitSet();

    /** A row by its number, from 0, and its place. */
    public record Seen(int number, Place place) {}

    /** A row that says what an earlier one says. */
    public record Duplicate(Seen row, Seen first) {}

    /** Rows on one subject, of which at least two say different things. @param rows the first of them  @param all */
    public record Conflict(List<Seen> rows, int all) {}

    /** @return whether the row says word for word what an earlier one says */
    public boolean add(Kept kept) {
        Sample sample = kept.sample();
        int row = numbers.size(), what = said.add(Fingerprint.of(sample.words()));
        numbers.add(kept.number());
        places.add(sample.place());
        says.add(what);
        next.add(NONE);
        boolean repeats = what < firstSaying.size();
        (repeats ? duplicates : firstSaying).add(row);
        if (!sample.subject().isEmpty()) {
            addTo(subjects.add(Fingerprint.of(sample.subject())), row);
        }
        return repeats;
    }

    private void addTo(int subject, int row) {
        if (subject == firstOn.size()) {
            firstOn.add(row);
            lastOn.add(row);
            return;
        }
        next.set(lastOn.get(subject), row);
        lastOn.set(subject, row);
        if (says.get(row) != says.get(firstOn.get(subject))) {
            contradicted.set(subject);
        }
    }

    private Seen seen(int row) {
        return new Seen(numbers.get(row), places.get(row));
    }

    /** How many rows repeat an earlier one. */
    public int duplicates() { return duplicates.size(); }

    /** The first rows that repeat an earlier one, in the order of the file. */
    public List<Duplicate> duplicates(int most) {
        List<Duplicate> first = new ArrayList<>();
        for (int i = 0; i < Math.min(most, duplicates.size()); i++) {
            int row = duplicates.get(i);
            first.add(new Duplicate(seen(row), seen(firstSaying.get(says.get(row)))));
        }
        return first;
    }

    /** How many subjects rows contradict each other on. */
    public int conflicts() { return contradicted.cardinality(); }

    /**
     * The first subjects that rows contradict each other on, in the order of their first rows.
     *
     * @param most     so many of them
     * @param mostRows so many rows of each
     */
    public List<Conflict> conflicts(int most, int mostRows) {
        return contradicted.stream().limit(most).mapToObj(subject -> {
            List<Seen> rows = new ArrayList<>();
            int all = 0;
            for (int row = firstOn.get(subject); row != NONE; row = next.get(row), all++) {
                if (all < mostRows) {
                    rows.add(seen(row));
                }
            }
            return new Conflict(rows, all);
        }).toList();
    }

    /**
     * The subjects that rows contradict each other on, each with its rows by the order in which they were added, from
     * 0.
     */
    public Stream<int[]> contradictions() {
        return contradicted.stream().mapToObj(subject -> {
            IntList on = new IntList();
            for (int row = firstOn.get(subject); row != NONE; row = next.get(row)) {
                on.add(row);
            }
            return on.toArray();
        });
    }

    /** How many rows contradict another one. */
    public int conflictingRows() {
        return contradicted.stream().map(subject -> {
            int rows = 0;
            for (int row = firstOn.get(subject); row != NONE; row = next.get(row)) {
                rows++;
            }
            return rows;
        }).sum();
    }
}
