package io.weft.objective.grpo;

import io.weft.data.Example;
import io.weft.generate.Answer;
import io.weft.generate.Generator;
import io.weft.generate.Prompt;
import io.weft.generate.Sampling;
import io.weft.generate.TokenListener;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.reward.Answered;
import io.weft.reward.Reward;
import io.weft.reward.Scorer;
import io.weft.token.answer.AnswerText;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.encode.PromptFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lets a model answer prompts and rewards what it says. What is drawn depends on the seed, the step, the prompt's place
 * in the step and the answer's number alone, so a resumed run draws the same. The model belongs to the thread that
 * calls.
 */
public final class Rollouts {
    /** For the caches of the answers that are made together. */
    private static final long CACHE_BYTES = 1L << 30;
    private final PromptFormat wording;
    private final ConversationEncoder encoder;
    private final int contextLength;
    private final long seed;
    private final RolloutSettings settings;
    private final Scorer scorer;

    /**
     * @param wording       by which the model is asked
     * @param contextLength most tokens of a prompt and its answer together
     */
    public Rollouts(PromptFormat wording, int contextLength, long seed, RolloutSettings settings,
            List<Reward> rewards) {
        this.wording = wording;
        encoder = wording.encoder();
        this.contextLength = contextLength;
        this.seed = seed;
        this.settings = settings;
        scorer = new Scorer(rewards);
    }

    public List<String> rewardNames() { return scorer.names(); }

    /**
     * Several drawn answers to each prompt, in the order of the prompts.
     *
     * @param asked as {@link ConversationEncoder#asking} makes them  @param step that the answers are for
     */
    public List<List<Rollout>> drawn(CausalLm model, Adapters adapters, List<Example> asked, long step) {
        Sampling sampling = settings.sampling(seed);
        List<Prompt> prompts = new ArrayList<>();
        for (Example example : asked) {
            for (int i = 0; i < settings.generations(); i++) {
                prompts.add(new Prompt(prompt(example), sampling, (step << 32) + prompts.size()));
            }
        }
        List<Answer> answers = answers(model, adapters, prompts);
        List<List<Rollout>> all = new ArrayList<>();
        for (int row = 0; row < asked.size(); row++) {
            List<Rollout> group = new ArrayList<>();
            for (int i = 0; i < settings.generations(); i++) {
                group.add(rewarded(asked.get(row), answers.get(row * settings.generations() + i)));
            }
            all.add(group);
        }
        return all;
    }

    /** The likeliest answer to each prompt, token for token. */
    public List<Rollout> greedy(CausalLm model, Adapters adapters, List<Example> asked) {
        Sampling sampling = Sampling.greedy(settings.maxNewTokens());
        List<Answer> answers = answers(model, adapters, asked.stream()
                .map(example -> Prompt.of(prompt(example), sampling)).toList());
        List<Rollout> all = new ArrayList<>();
        for (int row = 0; row < asked.size(); row++) {
            all.add(rewarded(asked.get(row), answers.get(row)));
        }
        return all;
    }

    private static int[] prompt(Example asked) { return Arrays.copyOf(asked.ids(), asked.promptLength()); }

    /** As many at once as there is memory for their caches. */
    private List<Answer> answers(CausalLm model, Adapters adapters, List<Prompt> prompts) {
        Generator generator = new Generator(model, contextLength, encoder.ending(), wording.tokenizer())
                .with(adapters);
        int longest = prompts.stream().mapToInt(prompt -> prompt.ids().length).max().orElse(1);
        long token = Float.BYTES * model.cacheShapes().stream().mapToLong(KeyValueCache.Shape::elements).sum();
        int batch = (int) Math.max(1, CACHE_BYTES / (token * (longest + settings.maxNewTokens())));
        List<Answer> answers = new ArrayList<>();
        for (int from = 0; from < prompts.size(); from += batch) {
            answers.addAll(generator.generate(prompts.subList(from, Math.min(prompts.size(), from + batch)),
                    TokenListener.NONE));
        }
        return answers;
    }

    private Rollout rewarded(Example asked, Answer made) {
        AnswerText said = encoder.answer(made.ids());
        var text = new Answered(encoder.promptText(asked), said.reasoning(), said.words(), encoder.reference(asked));
        double[] each = scorer.each(text);
        return new Rollout(prompt(asked), made, text, each, scorer.sum(each));
    }
}
