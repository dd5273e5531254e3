package io.weft.data.format;

import io.weft.data.Excerpt;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.read.Row;
import io.weft.problem.Spelling;
import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * Tells a file's format by many of its rows, so that one bad row decides nothing, wherever it stands. Each row is for
 * the format whose fields it has, with values; where no row has all of any format's, for one of whose fields it has
 * some.
 */
public final class FormatVote {
    /** So many times as many rows as all others together make a format the file's. */
    private static final int CLEARLY = 2;
    private final List<RowFormat> formats;
    private final Map<RowFormat, Votes> whole = new LinkedHashMap<>(), partly = new LinkedHashMap<>();
    private Row first;

    /** Rows for a format. @param first the place of the first of them */
    public record Votes(int rows, Place first) {
        Votes plus() { return new Votes(rows + 1, first); }

        @Override public String toString() { return say("%,d rows, the first in %s", rows, first.within()); }
    }

    /** @param wanted whether a kind of sample is asked for, see {@link RowFormat#marksOtherRows} */
    public FormatVote(Predicate<Class<? extends Sample>> wanted) {
        formats = RowFormats.all().stream()
                .filter(format -> !format.marksOtherRows() || wanted.test(format.gives())).toList();
    }

    public void add(Row row) {
        if (first == null || first.fields().isEmpty()) {
            first = row;
        }
        Fields fields = new Fields(row.fields());
        Optional<RowFormat> own = formats.stream().filter(format -> format.required().stream().allMatch(fields::has))
                .findFirst();
        own.ifPresent(format -> count(whole, format, row));
        if (own.isEmpty()) {
            formats.stream().filter(format -> format.required().stream().anyMatch(fields::has)).findFirst()
                    .or(() -> formats.stream().filter(format -> format.required().stream()
                    .anyMatch(row.fields()::has)).findFirst())
                    .ifPresent(format -> count(partly, format, row));
        }
    }

    private static void count(Map<RowFormat, Votes> votes, RowFormat format, Row row) {
        votes.merge(format, new Votes(1, row.place()), (now, one) -> now.plus());
    }

    /** Whether any row has all of a format's fields. */
    public boolean isDecided() { return !whole.isEmpty(); }

    /**
     * The format of most rows.
     *
     * @throws UserError naming the formats when no row is of any; or those of the rows, when none is clearly that of
     *     the file
     */
    public RowFormat winner() {
        Map<RowFormat, Votes> votes = whole.isEmpty() ? partly : whole;
        RowFormat most = votes.entrySet().stream().max(Comparator.comparingInt(entry -> entry.getValue().rows()))
                .map(Map.Entry::getKey).orElseThrow(this::unknown);
        int all = votes.values().stream().mapToInt(Votes::rows).sum();
        if (votes.get(most).rows() < CLEARLY * (all - votes.get(most).rows())) {
            throw UserError.of(say("%s holds rows of several formats, and none of them is clearly that of the file: "
                    + "%s. Write each into a file of its own, or set data.format to the one to take; the others are "
                    + "then set aside", first.place().file(), votes.entrySet().stream()
                    .map(entry -> entry.getKey().name() + " (" + entry.getValue() + ")")
                    .collect(Collectors.joining(say(", ")))));
        }
        return most;
    }

    private UserError unknown() {
        List<String> names = new ArrayList<>();
        first.fields().fieldNames().forEachRemaining(names::add);
        String shapes = RowFormats.all().stream().map(format -> "\n  " + format.name() + ": " + format.shape())
                .collect(Collectors.joining());
        String meant = formats.stream().flatMap(format -> format.required().stream()).distinct()
                .map(field -> Spelling.nearest(field, names).map(found -> say("'%s' for '%s'", field,
                Excerpt.of(found))).orElse("")).filter(text -> !text.isEmpty()).collect(Collectors.joining(say(", ")));
        return UserError.of(say("%s: the fields are %s; expected those of a format:%s\nRename the fields",
                first.place(), names.isEmpty() ? say("none") : Excerpt.of(names), shapes)
                + (meant.isEmpty() ? "" : say(", perhaps %s", meant)));
    }
}
