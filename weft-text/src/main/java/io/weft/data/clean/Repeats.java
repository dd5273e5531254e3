package io.weft.data.clean;

import io.weft.data.Sample;
import io.weft.data.read.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds rows that say the same, and rows that contradict each other: that answer the same prompt differently, prefer
 * one answer here and the other there, or call the same answer good and bad. Holds two fingerprints a row, no text.
 */
public final class Repeats {
    private final Map<Fingerprint, Seen> pairs = new HashMap<>();
    private final Map<Fingerprint, Asked> prompts = new LinkedHashMap<>();
    private final List<Duplicate> duplicates = new ArrayList<>();

    /** A row by its number and its line. */
    public record Seen(int number, int line) {}

    /** A row that says what an earlier one says. */
    public record Duplicate(Seen row, Seen first) {}

    private static final class Asked {
        private final Fingerprint answer;
        private final Seen first;
        private List<Seen> later = List.of();
        private boolean contradicted;

        private Asked(Fingerprint answer, Seen first) {
            this.answer = answer;
            this.first = first;
        }

        private void again(Fingerprint other, Seen row) {
            contradicted |= !other.equals(answer);
            later = later.isEmpty() ? new ArrayList<>() : later;
            later.add(row);
        }

        private List<Seen> rows() {
            List<Seen> rows = new ArrayList<>(List.of(first));
            rows.addAll(later);
            return rows;
        }
    }

    public void add(Row row, Sample sample) {
        var seen = new Seen(row.number(), row.place().line());
        Fingerprint pair = Fingerprint.of(sample);
        Seen first = pairs.putIfAbsent(pair, seen);
        if (first != null) {
            duplicates.add(new Duplicate(seen, first));
        }
        if (!sample.subject().isEmpty()) {
            Asked asked = prompts.putIfAbsent(Fingerprint.of(sample.subject()), new Asked(pair, seen));
            if (asked != null) {
                asked.again(pair, seen);
            }
        }
    }

    /** Rows that repeat an earlier one, in the order of the file. */
    public List<Duplicate> duplicates() { return duplicates; }

    /** Groups of rows on the same subject that say at least two different things, in the order of their first rows. */
    public List<List<Seen>> conflicts() {
        return prompts.values().stream().filter(asked -> asked.contradicted).map(Asked::rows).toList();
    }

    public int conflictingRows() { return conflicts().stream().mapToInt(Collection::size).sum(); }
}
