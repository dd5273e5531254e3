package io.weft.settings;

import io.weft.extension.OpenTable;
import io.weft.problem.Problems;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/**
 * One of several, each with settings of its own: {@code tuning: {lora: {rank: 8}}}; the name alone, {@code tuning:
 * full}, means all its defaults.
 */
public final class Choice<T extends Configurable> implements Entry {
    private final String name;
    private final OpenTable<T> table;
    private final Translatable about, reason;
    private final boolean brief;

    private Choice(String name, OpenTable<T> table, Translatable about, Translatable reason, boolean brief) {
        this.name = name;
        this.table = table;
        this.about = about;
        this.reason = reason;
        this.brief = brief;
    }

    /**
     * @param about  one line on what is chosen
     * @param reason why there is only one, e.g. "a model is tuned in one way"
     */
    public static <T extends Configurable> Choice<T> of(String name, OpenTable<T> table, Translatable about,
            Translatable reason) {
        return new Choice<>(name, table, about, reason, false);
    }

    /** The same, written as a word where the chosen one has no settings: {@code objective: sft}. */
    public Choice<T> brief() { return new Choice<>(name, table, about, reason, true); }

    @Override public String name() { return name; }

    /** One line on what is chosen. */
    public Translatable about() { return about; }

    /** Why there is only one. */
    public Translatable reason() { return reason; }

    public boolean isBrief() { return brief; }

    /** All there are, as they are without settings given; the first is the usual one. */
    public List<T> all() { return table.all(); }

    public List<String> names() { return table.names(); }

    /** Whether none has settings, so that a word says everything. */
    public boolean isPlain() { return all().stream().allMatch(one -> one.section().entries().isEmpty()); }

    /** The names as values of a setting. */
    public Values.OneOf words() { return Values.OneOf.names(this::names); }

    /** Completes "expected …". */
    public Translatable expected() {
        return isPlain() ? text("one of %s", names()) : text("one of %s with its settings", names());
    }

    /** The prototype of this name. */
    public Optional<T> find(String word) { return table.find(word); }

    @Override public void check(Object component, String path, Problems problems) {
        Section<?> section = ((Configurable) component).section();
        section.checkRecord(component, path + "." + section.name(), problems);
    }
}
