package io.weft.data.prepare;

import io.weft.data.IntList;
import io.weft.data.Judged;
import io.weft.data.Message;
import io.weft.data.OddCharacters;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.clean.Kept;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Figures about the rows that were kept: lengths in characters (code points), odd characters, scripts, and the answers
 * where there are few.
 */
final class Survey {
    /** Above this many different answers they are no labels. */
    static final int MOST_LABELS = 50;
    private static final int LONGEST_LABEL = 200, SHOWN = 50;
    private final Map<String, Integer> flags = new TreeMap<>();
    private final List<Flagged> firstFlagged = new ArrayList<>();
    private final Lengths prompts = new Lengths(), completions = new Lengths();
    private Map<String, Integer> labels = new HashMap<>();
    private int desirable, undesirable;
    private long han, latin, otherLetters, control, invisible, replacement, privateUse;

    /** A row that is used and odd. */
    record Flagged(Place place, String flag) {}

    void add(Kept kept) {
        Sample sample = kept.sample();
        int asked = 0;
        for (Message message : sample.asked()) {
            asked += count(message.content());
        }
        if (!sample.asked().isEmpty()) {
            prompts.add(asked);
        }
        for (String answer : sample.answers()) {
            completions.add(count(answer));
            label(answer, !sample.asked().isEmpty());
        }
        if (sample instanceof Judged judged) {
            desirable += judged.desirable() ? 1 : 0;
            undesirable += judged.desirable() ? 0 : 1;
        }
        addFlags(kept);
    }

    /** What was odd about a row when it was read, but for control characters that are no longer there. */
    void addFlags(Kept kept) {
        for (String flag : kept.flags()) {
            boolean control = flag.startsWith("control_characters");
            if (control && kept.sample().words().stream().noneMatch(OddCharacters::holdsControl)) {
                continue;
            }
            flags.merge(flag, 1, Integer::sum);
            if (firstFlagged.size() < SHOWN && control) {
                firstFlagged.add(new Flagged(kept.sample().place(), flag));
            }
        }
    }

    private void label(String answer, boolean isAnswer) {
        if (labels != null && isAnswer && answer.length() <= LONGEST_LABEL) {
            labels.merge(answer, 1, Integer::sum);
        }
        if (labels != null && (labels.size() > MOST_LABELS || answer.length() > LONGEST_LABEL)) {
            labels = null;
        }
    }

    private int count(String text) {
        int points = 0;
        for (int at = 0; at < text.length(); points++) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c < 128) {
                latin += c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ? 1 : 0;
                control += OddCharacters.isControl(c) ? 1 : 0;
            } else if (Character.isIdeographic(c)) {
                han++;
            } else if (Character.isLetter(c)) {
                otherLetters++;
            } else {
                invisible += OddCharacters.isInvisible(c) ? 1 : 0;
                replacement += OddCharacters.isReplacement(c) ? 1 : 0;
                privateUse += OddCharacters.isPrivate(c) ? 1 : 0;
            }
        }
        return points;
    }

    Lengths prompts() { return prompts; }

    Lengths completions() { return completions; }

    /** Rows by their oddities: those of single rows, and where answers are marked and all alike, by their mark. */
    Map<String, Integer> flags() {
        Map<String, Integer> all = new TreeMap<>(flags);
        if (isMarkedAlike()) {
            all.put(desirable > 0 ? "all_marked_good" : "all_marked_bad", desirable + undesirable);
        }
        return all;
    }

    /** Whether answers are marked and none of them good, or none bad. */
    boolean isMarkedAlike() { return (desirable > 0) != (undesirable > 0); }

    /** The first odd rows. */
    List<Flagged> firstFlagged() { return firstFlagged; }

    /** Answers that are marked good, where rows are marked. */
    int desirable() { return desirable; }

    int undesirable() { return undesirable; }

    long han() { return han; }

    long latin() { return latin; }

    long otherLetters() { return otherLetters; }

    long control() { return control; }

    long invisible() { return invisible; }

    long replacement() { return replacement; }

    long privateUse() { return privateUse; }

    /**
     * The answers with their counts, the most frequent first, when they look like labels: at most {@link #MOST_LABELS},
     * each given twice on average. Otherwise empty.
     */
    List<Map.Entry<String, Integer>> labels() {
        if (labels == null || labels.size() * 2 > completions.count()) {
            return List.of();
        }
        return labels.entrySet().stream().sorted(Map.Entry.<String,
                Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .collect(Collectors.toList());
    }

    /** Lengths of many texts, four bytes each. */
    static final class Lengths {
        private final IntList lengths = new IntList();
        private long total;
        private int[] sorted = {};

        void add(int length) {
            lengths.add(length);
            total += length;
        }

        int count() { return lengths.size(); }

        long total() { return total; }

        /**
         * The least length that {@code share} of the texts do not exceed.
         *
         * @param share from 0 (the shortest) to 1 (the longest)
         */
        int quantile(double share) {
            int[] ascending = sorted();
            return ascending.length == 0 ? 0 : ascending[Math.max(0, (int) Math.ceil(share * ascending.length) - 1)];
        }

        private int[] sorted() {
            if (sorted.length < lengths.size()) {
                sorted = lengths.toArray();
                Arrays.sort(sorted);
            }
            return sorted;
        }

        /** How many texts have a length from {@code least} to below {@code end}. */
        int between(int least, int end) {
            return (int) Arrays.stream(sorted()).filter(length -> length >= least && length < end).count();
        }
    }
}
