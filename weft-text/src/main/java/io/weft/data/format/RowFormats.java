package io.weft.data.format;

import io.weft.data.Excerpt;
import io.weft.data.Sample;
import io.weft.data.read.Row;
import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** The row formats by name, and the one that a file's first row has. */
public final class RowFormats {
    /** In the order in which a row's fields are matched: formats with more required fields before those with fewer. */
    private static final List<RowFormat> BUILT_IN = List.of(
            new PreferenceFormat(),
            new KtoFormat(),
            new ShareGptFormat(),
            new MessagesFormat(),
            new AlpacaFormat(),
            new PromptCompletionFormat(),
            new TextFormat());

    private RowFormats() {}

    public static List<RowFormat> all() { return BUILT_IN; }

    public static List<String> names() { return all().stream().map(RowFormat::name).toList(); }

    public static Optional<RowFormat> find(String name) {
        return all().stream().filter(format -> format.name().equals(name)).findFirst();
    }

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
