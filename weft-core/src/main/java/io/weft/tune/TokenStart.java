package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.settings.Word;
import io.weft.tensor.RandomStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** What virtual tokens are before the first step. */
public enum TokenStart implements Word {
    /** Normal numbers, as PEFT draws them: far from what the model knows, so they cost loss at first. */
    RANDOM,
    /** As tokens drawn from the vocabulary's first 5,000, the most common ones (Lester et al. 2021, section 3.2). */
    VOCABULARY,
    /** As the tokens of some words, from its beginning, again and again until they are enough, as PEFT. */
    WORDS;

    private static final int COMMON = 5000;
    private static final long STREAM = 0x746f6b73; // "toks"

    /**
     * The tokens that it begins with.
     *
     * @param words of the settings  @param tokenizer gives the ids of a text, one or more
     */
    int[] ids(int length, CausalLm model, long seed, Optional<String> words, Function<String, int[]> tokenizer) {
        int[] ids = new int[length];
        if (this == WORDS) {
            int[] said = tokenizer.apply(words.orElseThrow());
            Arrays.setAll(ids, i -> said[i % said.length]);
        } else {
            RandomStream draws = RandomStream.of(STREAM, seed);
            int drawn = Math.min(COMMON, model.vocabulary());
            Arrays.setAll(ids, i -> (int) (draws.uniform(i) * drawn));
        }
        return ids;
    }
}
