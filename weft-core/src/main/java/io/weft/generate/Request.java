package io.weft.generate;

import io.weft.token.form.Form;
import java.util.Optional;
import java.util.Set;

/**
 * A prompt that is fit to be answered, with all that decides about its answers; made by {@link Generator#request}.
 *
 * @param ids      what is fed, the adapter's placeholders before the prompt's own ids
 * @param limit    most tokens of an answer
 * @param form     what the answer must be, or nothing
 * @param adapter  that works, or none
 */
public record Request(Prompt prompt, GenerationOptions options, int[] ids, int limit, Optional<String> adapter,
        Optional<Form> form, Set<Integer> endIds, EndTexts endTexts, AnswerListener listener) {
    /** The same, whose answer ends where so many tokens are held. */
    Request within(long tokens) {
        int most = (int) Math.min(limit, tokens - ids.length);
        return most == limit ? this
                : new Request(prompt, options, ids, most, adapter, form, endIds, endTexts, listener);
    }

    /** Most tokens that one answer holds in the cache. */
    int most() { return ids.length + limit; }
}
