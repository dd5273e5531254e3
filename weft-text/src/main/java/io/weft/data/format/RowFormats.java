package io.weft.data.format;

import io.weft.data.Sample;
import io.weft.data.read.Row;
import io.weft.extension.OpenTable;
import io.weft.problem.UserError;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import static io.weft.problem.Translatable.text;

/** The row formats by name. Other jars add theirs. */
public final class RowFormats {
    /** In the order in which a row's fields are matched: formats with more required fields before those with fewer. */
    public static final OpenTable<RowFormat> TABLE = OpenTable.of(text("row format"), RowFormat.class, RowFormat::name,
            new PreferenceFormat(),
            new KtoFormat(),
            new ShareGptFormat(),
            new MessagesFormat(),
            new AlpacaFormat(),
            new PromptCompletionFormat(),
            new TextFormat());

    private RowFormats() {}

    public static List<RowFormat> all() { return TABLE.all(); }

    public static List<String> names() { return TABLE.names(); }

    public static Optional<RowFormat> find(String name) { return TABLE.find(name); }

    /**
     * The format of a row, as {@link FormatVote} tells it.
     *
     * @param wanted whether a kind of sample is asked for, see {@link RowFormat#marksOtherRows}
     * @throws UserError naming the formats, when none fits
     */
    public static RowFormat detect(Row row, Predicate<Class<? extends Sample>> wanted) {
        var vote = new FormatVote(wanted);
        vote.add(row);
        return vote.winner();
    }
}
