package io.weft.diagnose;

import io.weft.problem.Translatable;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that can be wrong with a run. A rule is made of a few numbers that the run's own records hold, never of a
 * model: it costs nothing, and says the same each time. Another one is a class and a line in {@code rule.Rules}; other
 * jars add theirs.
 */
public interface Rule {
    /** Short and stable, such as "loss.flat". */
    String name();

    /** The row of the tutorial's table that it belongs to. */
    Symptom symptom();

    /** What it is about, in a few words. */
    Translatable title();

    /** What it looks for, with its limits. */
    Translatable when();

    /** What it cannot do without; without it the rule is told not to have been looked at. */
    Set<Need> needs();

    /** All that it can find. */
    List<Cause> causes();

    /** Nothing where the run is fine. @param run meets {@link #needs} */
    List<Finding> look(Evidence run);

    /** The cause of this word. */
    default Cause cause(String word) {
        return causes().stream().filter(cause -> cause.word().equals(word)).findFirst().orElseThrow(() ->
                new IllegalArgumentException(name() + " knows no cause " + word));
    }

    /**
     * A finding of this rule.
     *
     * @param figures names and values in turn, as {@link Cause#saw} has places for them; whole numbers, doubles, words
     * @param values  for the places in {@link Cause#changes}, in their order
     */
    default Finding found(String cause, Severity severity, List<?> figures, Object... values) {
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < figures.size(); i += 2) {
            Object value = figures.get(i + 1);
            named.put((String) figures.get(i), value instanceof Integer whole ? Long.valueOf(whole) : value);
        }
        Iterator<Object> left = List.of(values).iterator();
        List<String> changes = cause(cause).changes().stream().map(change ->
                Pattern.compile("%s").matcher(change).replaceAll(place ->
                Matcher.quoteReplacement(String.valueOf(left.next())))).toList();
        return new Finding(name(), symptom(), title(), cause(cause), severity, named, changes);
    }
}
