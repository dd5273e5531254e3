package io.weft.data.prepare;

import io.weft.data.Judged;
import io.weft.data.OddCharacters;
import io.weft.data.clean.Kept;
import java.util.Map;
import java.util.TreeMap;

/** How many of the rows that are used are odd, by what is odd about them. */
final class RowFlags {
    private final Map<String, Integer> flags = new TreeMap<>();
    private int desirable, undesirable;

    void add(Kept kept) {
        if (kept.sample() instanceof Judged judged) {
            desirable += judged.desirable() ? 1 : 0;
            undesirable += judged.desirable() ? 0 : 1;
        }
        addRead(kept);
    }

    /** What was odd about a row when it was read, but for control characters that are no longer there. */
    void addRead(Kept kept) {
        for (String flag : kept.flags()) {
            if (!flag.startsWith("control_characters")
                    || kept.sample().words().stream().anyMatch(OddCharacters::holdsControl)) {
                flags.merge(flag, 1, Integer::sum);
            }
        }
    }

    /** Those of single rows, and where answers are marked and all alike, that of their mark. */
    Map<String, Integer> all() {
        Map<String, Integer> all = new TreeMap<>(flags);
        if ((desirable > 0) != (undesirable > 0)) {
            all.put(desirable > 0 ? "all_marked_good" : "all_marked_bad", desirable + undesirable);
        }
        return all;
    }
}
