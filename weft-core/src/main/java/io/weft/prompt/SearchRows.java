package io.weft.prompt;

import io.weft.data.Conversation;
import io.weft.data.Sample;
import io.weft.tensor.RandomStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Training rows in two parts: those that a prompt is judged by, and those that may be shown to the model. A row that
 * is shown is never judged by: its answer would stand in the prompt.
 *
 * @param judged in a random order: the first of them are a fair sample
 */
record SearchRows(List<Conversation> judged, List<Conversation> shown) {
    /** Most rows of each part: more of them would only take passes from the search. */
    static final int MOST = 64;
    private static final long STREAM = 0x726f7773; // "rows"

    /** @param rows all that can be used */
    static SearchRows of(List<? extends Sample> rows, SearchSettings settings) {
        int[] order = order(rows.size(), STREAM, settings.seed());
        int shown = settings.method().shows()
                ? Math.min(MOST, Math.max(Math.min(settings.shots(), rows.size() / 2), rows.size() / 3)) : 0;
        List<Conversation> all = new ArrayList<>();
        for (int i = 0; i < Math.min(rows.size(), shown + MOST); i++) {
            all.add((Conversation) rows.get(order[i]));
        }
        return new SearchRows(List.copyOf(all.subList(shown, all.size())), List.copyOf(all.subList(0, shown)));
    }

    /** 0 to n in a random order that depends on the path alone. */
    static int[] order(int n, long... path) {
        RandomStream draws = RandomStream.of(path);
        return IntStream.range(0, n).boxed().sorted(Comparator.<Integer>comparingLong(draws::bits)
                .thenComparing(Comparator.naturalOrder())).mapToInt(Integer::intValue).toArray();
    }
}
