package io.weft.data.check;

import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Preference;
import io.weft.data.Sample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The answers with their counts, where they look like labels: rows of labelled texts, marks of judged answers, and
 * conversations of which few different answers each stand twice on average.
 */
public final class Labels {
    /** Above this many different answers they are no labels. */
    private static final int MOST = 50;
    private static final int LONGEST = 200;
    private final Class<? extends Sample> kind;
    private Map<String, Integer> counts = new HashMap<>();
    private int answers;

    /** How often a label stands. */
    public record Count(String label, int rows) {}

    Labels(Class<? extends Sample> kind) { this.kind = kind; }

    void add(Sample sample) {
        answers++;
        if (sample instanceof Judged judged) {
            counts.merge(judged.desirable() ? "true" : "false", 1, Integer::sum);
        } else if (!(sample instanceof Preference) && !sample.asked().isEmpty() && !sample.answers().isEmpty()) {
            count(sample.answers().get(0));
        }
    }

    private void count(String answer) {
        if (counts == null || kind != Labelled.class && answer.length() > LONGEST) {
            counts = null;
            return;
        }
        counts.merge(answer, 1, Integer::sum);
        if (counts.size() > MOST && kind != Labelled.class) {
            counts = null;
        }
    }

    /** Whether the answers are labels. */
    public boolean areThere() {
        return counts != null && !counts.isEmpty() && (kind == Labelled.class || counts.size() * 2 <= answers);
    }

    /** The most frequent first; none where answers are no labels. */
    public List<Count> counts() {
        return !areThere() ? List.of() : counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed()
                .thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> new Count(entry.getKey(), entry.getValue())).toList();
    }
}
