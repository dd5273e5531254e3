package io.weft.objective.grpo;

import io.weft.data.Asked;
import io.weft.data.Conversation;
import io.weft.data.Sample;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.objective.Surroundings;
import io.weft.objective.Targets;
import io.weft.reward.ExactMatch;
import io.weft.reward.Reward;
import io.weft.reward.Rewards;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Several;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Group relative policy optimisation (DeepSeekMath, Shao et al. 2024, arXiv:2402.03300): the model answers each prompt
 * several times, rules reward the answers, and what is better than the others of its prompt becomes likelier. With a
 * target's log-probability p, p' when the answer was made and q without tuning, and its answer's advantage A, its loss
 * is
 * <pre>
 *   -min(r A, clip(r, 1 - low, 1 + high) A) + beta (e^(q - p) - (q - p) - 1)        r = e^(p - p')
 * </pre>
 * where the last part estimates the divergence from the model without tuning (Schulman 2020, "k3"). Targets without
 * earlier log-probabilities were made by the model as it is: r is 1, and its slope that of p.
 *
 * @param rewards one or more, added up  @param beta how dear it is to leave the model without tuning; 0 for free
 */
public record Grpo(RolloutSettings rollout, List<Reward> rewards, double beta, Clip clip, Normalise normalise)
        implements Objective {
    /**
     * How far one batch of answers may move a probability.
     *
     * @param clipLow  a ratio of one less this is the lowest that counts  @param clipHigh one and this the highest
     */
    public record Clip(double clipLow, double clipHigh) {
        static final Section<Clip> SECTION = Section.within("clip", new Clip(0.2, 0.2),
                Setting.of("clipLow", new Number(0, true, 1, false),
                        text("how much of its probability a token may lose before its loss stops counting; a run makes "
                        + "one update for each batch of answers, and with one none gets there")),
                Setting.of("clipHigh", new Number(0, true, 100, false),
                        text("how much a token's probability may gain, as a share of it, before its loss stops "
                        + "counting; DAPO's is 0.28")));
    }

    private static final Section<Grpo> SECTION = Section.of("grpo",
            new Grpo(RolloutSettings.SECTION.defaults(), List.of(new ExactMatch()), 0.04, Clip.SECTION.defaults(),
            Normalise.GRPO),
            text("learn from the model's own answers, which rules reward"),
            RolloutSettings.SECTION,
            Setting.of("rewards", new Several(Rewards.TABLE), text("what an answer is worth: rules, added up")),
            Setting.of("beta", new Number(0, false, 100, false),
                    text("how dear it is to leave the model before tuning; 0 for free, and for full tuning")),
            Clip.SECTION,
            Setting.of("normalise", OneOf.of(Normalise.class),
                    text("what rewards and tokens are divided by: as GRPO, Dr. GRPO or DAPO has it")));

    public Grpo {
        rewards = List.copyOf(rewards);
    }

    public Grpo() {
        this(SECTION.defaults().rollout, SECTION.defaults().rewards, SECTION.defaults().beta, SECTION.defaults().clip,
                SECTION.defaults().normalise);
    }

    @Override public Section<Grpo> section() { return SECTION; }

    @Override public Set<Class<? extends Sample>> eats() { return Set.of(Conversation.class, Asked.class); }

    /** TRL's defaults are 2e-5 for answers and 1e-6 here. */
    @Override public double learningRateFactor() { return 0.05; }

    @Override public boolean makesAnswers() { return true; }

    @Override public boolean wantsReference() { return beta > 0; }

    @Override public long tokens(int rows, long tokens) {
        return rollout.generations() * (tokens + (long) rows * rollout.maxNewTokens());
    }

    @Override public List<String> problems() {
        return rewards.stream().flatMap(reward -> reward.problems().stream()
                .map(problem -> say("rewards.%s: %s", reward.name(), problem))).toList();
    }

    @Override public Objective within(Surroundings surroundings) {
        return new GrpoRun(this, rollout, normalise, rewards, surroundings);
    }

    /** Targets per document, as many as {@link #loss} divides by. */
    private static int[] lengths(Targets targets) {
        int[] lengths = new int[targets.rows().length];
        IntStream.of(targets.documents()).forEach(document -> lengths[document]++);
        return lengths;
    }

    @Override public LossSum loss(Targets targets) {
        int[] lengths = lengths(targets);
        double loss = 0, divergence = 0, surprise = 0;
        long clipped = 0;
        for (int i = 0; i < targets.count(); i++) {
            int document = targets.documents()[i];
            double now = targets.logProbabilities()[i], advantage = advantage(targets, document);
            double ratio = Math.exp(now - earlier(targets, i));
            double one = -Math.min(ratio * advantage, clipped(ratio) * advantage);
            if (beta > 0) {
                double further = targets.reference()[i] - now, k3 = Math.expm1(further) - further;
                one += beta * k3;
                divergence += k3;
            }
            loss += one * normalise.tokenWeight(lengths[document], rollout.maxNewTokens());
            surprise -= now;
            clipped += isClipped(ratio, advantage) ? 1 : 0;
        }
        LossSum sum = new LossSum(loss, normalise.count(targets.rows().length, targets.count()));
        if (beta > 0) {
            sum = sum.with("kl", divergence, targets.count());
        }
        return sum.with("entropy", surprise, targets.count()).with("clip_ratio/region_mean", clipped, targets.count());
    }

    @Override public float[] gradient(Targets targets) {
        int[] lengths = lengths(targets);
        float[] gradient = new float[targets.count()];
        for (int i = 0; i < gradient.length; i++) {
            int document = targets.documents()[i];
            double now = targets.logProbabilities()[i], advantage = advantage(targets, document);
            double ratio = Math.exp(now - earlier(targets, i));
            double slope = isClipped(ratio, advantage) ? 0 : -ratio * advantage;
            if (beta > 0) {
                slope -= beta * Math.expm1(targets.reference()[i] - now);
            }
            gradient[i] = (float) (slope * normalise.tokenWeight(lengths[document], rollout.maxNewTokens()));
        }
        return gradient;
    }

    /** @throws IllegalStateException for rows that still say what to ask: a run puts answers in their place */
    private static double advantage(Targets targets, int document) {
        double advantage = targets.values()[document];
        if (Double.isNaN(advantage)) {
            throw new IllegalStateException("an answer without an advantage");
        }
        return advantage;
    }

    private static double earlier(Targets targets, int target) {
        return targets.earlier().length == 0 ? targets.logProbabilities()[target] : targets.earlier()[target];
    }

    private double clipped(double ratio) {
        return Math.max(1 - clip.clipLow, Math.min(1 + clip.clipHigh, ratio));
    }

    /** Whether the loss does not change with the ratio. */
    private boolean isClipped(double ratio, double advantage) {
        return advantage > 0 && ratio > 1 + clip.clipHigh || advantage < 0 && ratio < 1 - clip.clipLow;
    }
}
