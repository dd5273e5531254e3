package io.weft.data.format;

import io.weft.extension.OpenTable;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/** The row formats by name. Other jars add theirs. */
public final class RowFormats {
    /** In the order in which a row's fields are matched: formats with more required fields before those with fewer. */
    public static final OpenTable<RowFormat> TABLE = OpenTable.of(text("row format"), RowFormat.class, RowFormat::name,
            new PreferenceFormat(),
            new KtoFormat(),
            new LabelledFormat(),
            new ShareGptFormat(),
            new MessagesFormat(),
            new AlpacaFormat(),
            new PromptCompletionFormat(),
            new PromptsFormat(),
            new TextFormat());

    private RowFormats() {}

    public static List<RowFormat> all() { return TABLE.all(); }

    public static List<String> names() { return TABLE.names(); }

    public static Optional<RowFormat> find(String name) { return TABLE.find(name); }
}
