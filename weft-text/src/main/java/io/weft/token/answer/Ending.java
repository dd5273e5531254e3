package io.weft.token.answer;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What ends an answer, whichever comes first.
 *
 * @param ids   tokens: what the chat template puts behind a trained answer, and the tokenizer's own end tokens
 * @param texts ordinary words that the template puts behind a trained answer where it has no token for it
 */
public record Ending(Set<Integer> ids, List<String> texts) {
    public Ending {
        ids = Set.copyOf(ids);
        texts = List.copyOf(texts);
    }

    /** What ends an answer here or there. */
    public Ending and(Ending other) {
        Set<Integer> allIds = new TreeSet<>(ids);
        allIds.addAll(other.ids);
        Set<String> allTexts = new LinkedHashSet<>(texts);
        allTexts.addAll(other.texts);
        return new Ending(allIds, List.copyOf(allTexts));
    }

    /** Whether nothing ends an answer, so that each runs to its limit. */
    public boolean isNone() { return ids.isEmpty() && texts.isEmpty(); }
}
