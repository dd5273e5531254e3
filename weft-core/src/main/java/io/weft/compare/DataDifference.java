package io.weft.compare;

import io.weft.data.Sample;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.file.Sha256;
import io.weft.run.RunFolder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How the rows that two runs were trained on differ: by content, wherever a row stands.
 *
 * @param added   rows that the second run alone has, and that ask something new  @param removed that the first alone
 * has
 * @param changed rows of the second that ask what the first asked, and answer otherwise
 * @param same    rows of both
 * @param examples of added and changed rows, a few each
 */
public record DataDifference(int added, int removed, int changed, int same, List<Example> examples) {
    private static final int EXAMPLES = 3;

    /** A row of the second run. @param before what the first run's row answered; "" where it had none */
    public record Example(String asked, String before, String answered) {}

    /** Whether both were trained on the same rows. */
    public boolean isNone() { return added + removed + changed == 0; }

    static DataDifference between(RunFolder first, RunFolder second) {
        try (PreparedRows before = PreparedData.open(first.data()).train();
                PreparedRows after = PreparedData.open(second.data()).train()) {
            return between(before, after);
        }
    }

    /** @param before rows of the first run, read one at a time */
    static DataDifference between(List<? extends Sample> before, List<? extends Sample> after) {
        List<Integer> gone = alone(words(before), words(after)), come = alone(words(after), words(before));
        Map<Long, List<Integer>> asked = new HashMap<>();
        gone.forEach(row -> {
            if (!before.get(row).subject().isEmpty()) {
                asked.computeIfAbsent(key(before.get(row).subject()), any -> new ArrayList<>()).add(row);
            }
        });
        List<Example> changed = new ArrayList<>(), added = new ArrayList<>();
        int changes = 0, additions = 0;
        for (int row : come) {
            Sample now = after.get(row);
            List<Integer> then = now.subject().isEmpty() ? List.of()
                    : asked.getOrDefault(key(now.subject()), List.of());
            if (then.isEmpty()) {
                additions++;
                if (added.size() < EXAMPLES) {
                    added.add(new Example(asked(now), "", answered(now)));
                }
            } else {
                changes++;
                Sample old = before.get(then.remove(0));
                if (changed.size() < EXAMPLES) {
                    changed.add(new Example(asked(now), answered(old), answered(now)));
                }
            }
        }
        changed.addAll(added);
        return new DataDifference(additions, gone.size() - changes, changes, after.size() - come.size(), changed);
    }

    private static String asked(Sample row) {
        return row.asked().isEmpty() ? "" : row.asked().get(row.asked().size() - 1).content();
    }

    private static String answered(Sample row) { return String.join("\n", row.answers()); }

    /** Rows of one that the other does not have as often, by their numbers. */
    private static List<Integer> alone(long[] of, long[] others) {
        Map<Long, Integer> left = new HashMap<>();
        for (long other : others) {
            left.merge(other, 1, Integer::sum);
        }
        return IntStream.range(0, of.length).filter(i -> left.merge(of[i], -1, Integer::sum) < 0).boxed().toList();
    }

    private static long[] words(List<? extends Sample> rows) {
        return rows.stream().mapToLong(row -> key(row.words())).toArray();
    }

    /** Half of what would do: of a million rows two are taken for one in one case of 10^7. */
    private static long key(List<String> words) {
        MessageDigest digest = Sha256.digest();
        words.forEach(word -> {
            digest.update(word.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        });
        return ByteBuffer.wrap(digest.digest()).getLong();
    }
}
