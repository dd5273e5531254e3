package io.weft.token.answer;

import java.util.List;
import java.util.Set;

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

    /** Whether nothing ends an answer, so that each runs to its limit. */
    public boolean isNone() { return ids.isEmpty() && texts.isEmpty(); }
}
