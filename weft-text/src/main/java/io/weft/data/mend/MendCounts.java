package io.weft.data.mend;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a step did, in rows.
 *
 * @param repeated how many rows stand there more than before without being new
 * @param what     was done, by the step's own words; a row to which several things were done counts in each
 */
public record MendCounts(int changed, int dropped, int added, int repeated, Map<String, Integer> what) {
    /** Of a step that found nothing to do. */
    public static final MendCounts NOTHING = new MendCounts(0, 0, 0, 0, Map.of());

    public MendCounts { what = Collections.unmodifiableMap(new TreeMap<>(what)); }
}
