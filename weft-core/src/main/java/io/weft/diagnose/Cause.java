package io.weft.diagnose;

import io.weft.problem.Language;
import io.weft.problem.Translatable;
import java.util.Collection;
import java.util.List;

/**
 * A likely cause of what a {@link Rule} sees, and the change that follows from it.
 *
 * @param word    short and stable, the second part of a finding's kind
 * @param saw     what was seen, with a place for each figure of the finding, in their order
 * @param why     the likely cause
 * @param changes settings and commands, with {@code %s} for each value that depends on the run
 */
public record Cause(String word, Translatable saw, Translatable why, List<String> changes) {
    public Cause { changes = List.copyOf(changes); }

    /** @param changes see {@link #changes} */
    public static Cause of(String word, Translatable saw, Translatable why, String... changes) {
        return new Cause(word, saw, why, List.of(changes));
    }

    String saw(Collection<Object> figures) {
        return Language.current().in((String) saw.parts().get(0), figures.toArray());
    }
}
