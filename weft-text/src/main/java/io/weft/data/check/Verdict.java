package io.weft.data.check;

import io.weft.problem.Translatable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a check says of the rows.
 *
 * @param kind     the check's name
 * @param said     the figures as a sentence for readers; files keep the figures alone
 * @param figures  numbers and words by name, in order
 * @param remedies settings of a recipe that mend what was found, as a command line takes them; none where all is well
 *     or no setting helps
 */
public record Verdict(String kind, Level level, Translatable said, Map<String, Object> figures, List<Example> examples,
        List<String> remedies) {
    public Verdict {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        examples = List.copyOf(examples);
        remedies = level == Level.PASS ? List.of() : List.copyOf(remedies);
    }

    /** Without examples and remedies. */
    public static Verdict of(String kind, Level level, Translatable said, Map<String, Object> figures) {
        return new Verdict(kind, level, said, figures, List.of(), List.of());
    }

    public Verdict withExamples(List<Example> rows) {
        return new Verdict(kind, level, said, figures, rows, remedies);
    }

    /** Each a line of a recipe; of a verdict that passes they are left out. */
    public Verdict mendedBy(String... settings) {
        return new Verdict(kind, level, said, figures, examples, List.of(settings));
    }
}
