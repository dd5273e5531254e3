package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.PassFeed;
import io.weft.settings.Section;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Tensor;
import io.weft.tune.prompt.FreshTensors;
import io.weft.tune.prompt.InsertFeed;
import io.weft.tune.prompt.PromptNetwork;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

import static io.weft.problem.Translatable.text;

/**
 * Prompt tuning (Lester et al. 2021, arXiv:2104.08691): vectors before those of every document's tokens, learned in
 * their place where tokens are embedded. PEFT's PROMPT_TUNING.
 *
 * @param length number of the vectors
 * @param init   what they are before the first step
 * @param words  that they begin with, where init is "words"
 */
public record SoftPrompt(int length, TokenStart init, Optional<String> words) implements PromptAdapter {
    static final SoftPrompt DEFAULTS = new SoftPrompt(20, TokenStart.VOCABULARY, Optional.empty());
    private static final Section<SoftPrompt> SECTION = Section.of("softPrompt", DEFAULTS,
            text("learned vectors in place of tokens before every row"),
            VirtualTokens.LENGTH, VirtualTokens.INIT, VirtualTokens.WORDS);
    private static final long STREAM = 0x736f6674; // "soft"

    @Override public Section<SoftPrompt> section() { return SECTION; }

    @Override public Map<String, String> conflicts() { return VirtualTokens.conflicts(init, words); }

    @Override public int positions() { return length; }

    @Override public long width(CausalLm model) { return model.width(); }

    @Override public PassFeed feed(CausalLm model, PromptNetwork network) { return new InsertFeed(network, length); }

    @Override public Map<String, Tensor> fresh(CausalLm model, long seed, Function<String, int[]> ids) {
        FreshTensors fresh = new FreshTensors(STREAM, seed);
        return (init == TokenStart.RANDOM ? fresh.table(length, model.width())
                : fresh.table(() -> NoGrad.get(() -> model.vectors(init.ids(length, model, seed, words, ids))))).made();
    }

    @Override public String peftType() { return "PROMPT_TUNING"; }

    @Override public Map<String, Object> peftKeys(CausalLm model) {
        Map<String, Object> keys = new TreeMap<>(VirtualTokens.peftKeys(length, model.blocks().size(), model.width()));
        // how it began no longer matters, and PEFT would look for the text's tokenizer
        keys.put("prompt_tuning_init", "RANDOM");
        return keys;
    }

    @Override public SoftPrompt ofPeft(PeftConfig config) {
        config.passOver(Set.of("prompt_tuning_init", "prompt_tuning_init_text", "tokenizer_name_or_path",
                "tokenizer_kwargs"));
        return new SoftPrompt(VirtualTokens.length(config), TokenStart.RANDOM, Optional.empty());
    }

    /**
     * As PEFT's examples of prompt tuning; the paper's 0.3 is Adafactor's, which scales steps by the parameters' size.
     */
    @Override public double learningRate() { return 3e-2; }
}
