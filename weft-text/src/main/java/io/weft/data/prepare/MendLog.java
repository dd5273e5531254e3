package io.weft.data.prepare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.mend.MendChange;
import io.weft.data.mend.MendCounts;
import io.weft.data.mend.MendStep;
import io.weft.data.mend.RowStep;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * {@code mended.jsonl}: a line for every row that a step changed, dropped, added or repeated, with the row before and
 * after, so that all of it can be undone. Counts them by step, and remembers the first. Without steps there is no file.
 */
public final class MendLog implements Closeable {
    /** The layout of a line. */
    static final int FORMAT_VERSION = 1;
    private static final int REMEMBERED = 20;
    private final DataFile file;
    private final UnaryOperator<String> hiding;
    private final Map<String, MendCounts> counts = new LinkedHashMap<>();
    private final Map<String, List<MendChange>> first = new LinkedHashMap<>();

    /**
     * @param steps that the settings name; none: no file  @param hiding what may not stand in it, see {@link RowStep}
     */
    MendLog(Path path, List<MendStep> steps, UnaryOperator<String> hiding) throws IOException {
        this.hiding = hiding;
        file = steps.isEmpty() ? null : new DataFile(path);
        steps.forEach(step -> {
            counts.put(step.name(), MendCounts.NOTHING);
            first.put(step.name(), new ArrayList<>());
        });
    }

    /** Counts rows that a step looked at and left. */
    void found(String step, String what, int rows) {
        counts.merge(step, new MendCounts(0, 0, 0, 0, Map.of(what, rows)), MendLog::sum);
    }

    void add(String step, MendChange told) throws IOException {
        MendChange change = told.hiding(hiding);
        counts.merge(step, of(change), MendLog::sum);
        if (first.get(step).size() < REMEMBERED) {
            first.get(step).add(change);
        }
        ObjectNode line = RowSpool.JSON.createObjectNode().put("formatVersion", FORMAT_VERSION).put("step", step)
                .put("change", change.kind().name().toLowerCase(Locale.ROOT));
        change.what().forEach(line.putArray("what")::add);
        put(line, change.place());
        line.set("before", row(change.before()));
        line.set("after", change.after().map(MendLog::row).orElse(null));
        change.other().ifPresent(other -> put(line.putObject("other"), other));
        if (change.times() > 0) {
            line.put("times", change.times());
        }
        file.write(RowSpool.JSON.writeValueAsBytes(line));
    }

    private static void put(ObjectNode line, Place place) {
        line.put("file", place.file()).put("line", place.line());
        if (place.row() > 0) {
            line.put("number", place.row());
        }
    }

    private static ObjectNode row(Sample sample) { return RowColumns.of(sample).write(sample); }

    private static MendCounts of(MendChange change) {
        Map<String, Integer> what = new TreeMap<>();
        change.what().forEach(word -> what.put(word, Math.max(1, change.times())));
        return switch (change.kind()) {
            case CHANGED -> new MendCounts(1, 0, 0, 0, what);
            case DROPPED -> new MendCounts(0, 1, 0, 0, what);
            case ADDED -> new MendCounts(0, 0, 1, 0, what);
            case REPEATED -> new MendCounts(0, 0, 0, change.times(), what);
        };
    }

    private static MendCounts sum(MendCounts one, MendCounts other) {
        Map<String, Integer> what = new TreeMap<>(one.what());
        other.what().forEach((word, rows) -> what.merge(word, rows, Integer::sum));
        return new MendCounts(one.changed() + other.changed(), one.dropped() + other.dropped(),
                one.added() + other.added(), one.repeated() + other.repeated(), what);
    }

    /** What each step did, in the order of the settings. */
    public Map<String, MendCounts> counts() { return counts; }

    /** The first changes of a step. */
    public List<MendChange> first(String step) { return first.getOrDefault(step, List.of()); }

    /** Seals the file, where there is one. */
    void finish(Map<String, Manifest.Source> files) throws IOException {
        if (file != null) {
            files.put(PreparedData.MENDED, Manifest.Source.of(PreparedData.MENDED, file.finish()));
        }
    }

    @Override public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
