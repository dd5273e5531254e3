package io.weft.evaluate;

import io.weft.metric.bootstrap.Bootstrap;
import io.weft.metric.bootstrap.Interval;
import io.weft.metric.bootstrap.PairedDifference;
import io.weft.metric.bootstrap.RowStatistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far the numbers of a table, and what lies between them, could be chance: every measure of every model on the same
 * resamples of the rows.
 */
final class Chances {
    /** Measures of rows of one kind, the questions or the examples, are resampled together. */
    private final Map<Key, Bootstrap> resamples = new HashMap<>();
    private final Map<Key, Integer> places = new HashMap<>();

    /** A measure of the model at a place in the table. */
    private record Key(Measure measure, int model) {}

    private Chances() {}

    static Chances of(List<Judged> models, long seed) {
        Chances chances = new Chances();
        Map<Integer, List<Key>> bySize = new HashMap<>();
        for (int model = 0; model < models.size(); model++) {
            for (Map.Entry<Measure, RowStatistics> each : models.get(model).scores().measures().entrySet()) {
                int rows = each.getValue().rows().length;
                if (rows >= PairedDifference.LEAST) {
                    bySize.computeIfAbsent(rows, any -> new ArrayList<>()).add(new Key(each.getKey(), model));
                }
            }
        }
        bySize.values().forEach(keys -> {
            Bootstrap of = Bootstrap.of(keys.stream().map(key -> models.get(key.model()).scores().measures()
                    .get(key.measure())).toList(), seed);
            for (int i = 0; i < keys.size(); i++) {
                chances.resamples.put(keys.get(i), of);
                chances.places.put(keys.get(i), i);
            }
        });
        return chances;
    }

    /** Of a model's own number; empty where its rows are too few or not known. */
    Optional<Interval> interval(Measure measure, int model) {
        Key key = new Key(measure, model);
        return Optional.ofNullable(resamples.get(key)).flatMap(of -> of.interval(places.get(key)));
    }

    /** Empty where the two were not measured on the same rows. */
    Optional<PairedDifference> difference(Measure measure, int from, int to) {
        Key first = new Key(measure, from), second = new Key(measure, to);
        Bootstrap of = resamples.get(first);
        return of == null || of != resamples.get(second) ? Optional.empty()
                : of.difference(places.get(first), places.get(second));
    }
}
