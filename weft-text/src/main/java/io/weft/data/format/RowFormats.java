package io.weft.data.format;

import io.weft.data.Excerpt;
import io.weft.data.Sample;
import io.weft.data.read.Row;
import io.weft.extension.OpenTable;
import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/** The row formats by name, and the one that a file's first row has. Other jars add theirs. */
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
     * The format of a file by its first row: the one whose fields are all there, else one of whose fields some are.
     *
     * @param wanted whether a kind of sample is asked for, see {@link RowFormat#marksOtherRows}
     * @throws UserError naming the formats, when none fits
     */
    public static RowFormat detect(Row first, Predicate<Class<? extends Sample>> wanted) {
        List<RowFormat> formats = all().stream()
                .filter(format -> !format.marksOtherRows() || wanted.test(format.gives())).toList();
        return formats.stream().filter(format -> format.required().stream().allMatch(first.fields()::has)).findFirst()
                .or(() -> formats.stream().filter(format -> format.required().stream().anyMatch(first.fields()::has))
                .findFirst())
                .orElseThrow(() -> unknown(first));
    }

    private static UserError unknown(Row first) {
        List<String> names = new ArrayList<>();
        first.fields().fieldNames().forEachRemaining(names::add);
        String formats = all().stream().map(format -> "\n  " + format.name() + ": " + format.shape())
                .collect(Collectors.joining());
        return UserError.of(say("%s: the fields are %s; expected those of a format:%s\nRename the fields",
                first.place(), Excerpt.of(names), formats));
    }
}
