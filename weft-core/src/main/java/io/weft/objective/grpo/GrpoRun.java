package io.weft.objective.grpo;

import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Sample;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.objective.StepContext;
import io.weft.objective.Surroundings;
import io.weft.objective.Targets;
import io.weft.problem.UserError;
import io.weft.reward.Reward;
import io.weft.settings.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * Learning from its own answers in a run: makes the answers of each step and, for held-out rows, the likeliest answer
 * to each, whose mean reward is what the model is judged by.
 */
final class GrpoRun implements Objective {
    private final Objective grpo;
    private final RolloutSettings rollout;
    private final Normalise normalise;
    private final List<Reward> rewards;
    private final Surroundings surroundings;
    private final Rollouts rollouts;
    private final Optional<RolloutLog> log;

    /** @param grpo what is minimised over the answers */
    GrpoRun(Objective grpo, RolloutSettings rollout, Normalise normalise, List<Reward> rewards,
            Surroundings surroundings) {
        this.grpo = grpo;
        this.rollout = rollout;
        this.normalise = normalise;
        this.rewards = rewards;
        this.surroundings = surroundings;
        rollouts = new Rollouts(surroundings.wording(), surroundings.contextLength(), surroundings.seed(),
                rollout, rewards);
        log = surroundings.log().map(its -> new RolloutLog(its.file(), its.steps(),
                its.rows() * rollout.generations(), its.done()));
    }

    @Override public Section<? extends Objective> section() { return grpo.section(); }

    @Override public Set<Class<? extends Sample>> eats() { return grpo.eats(); }

    @Override public boolean makesAnswers() { return true; }

    @Override public boolean wantsReference() { return grpo.wantsReference(); }

    @Override public LossSum loss(Targets targets) { return grpo.loss(targets); }

    @Override public float[] gradient(Targets targets) { return grpo.gradient(targets); }

    @Override public void requireFit(List<ExampleGroup> rows) {
        int longest = surroundings.contextLength() - rollout.maxNewTokens(), silent = 0;
        for (ExampleGroup row : rows) {
            Example asked = row.documents().get(0);
            if (asked.promptLength() > longest) {
                throw UserError.of(say("a prompt has %,d tokens, and with an answer of "
                        + "train.objective.grpo.maxNewTokens "
                        + "%,d it is longer than the model's context of %,d; lower one of them, or set data.maxLength "
                        + "to %,d and data.overLength to drop\n  the prompt: %s", asked.promptLength(),
                        rollout.maxNewTokens(), surroundings.contextLength(), Math.max(1, longest),
                        shown(asked)));
            }
            silent += asked.trainedTokens() == 1 ? 1 : 0;
        }
        String comparing = rewards.stream().filter(Reward::wantsReference).map(Reward::name)
                .collect(Collectors.joining(say(", ")));
        if (silent > 0 && !comparing.isEmpty()) {
            Example first = rows.stream().map(row -> row.documents().get(0)).filter(row -> row.trainedTokens() == 1)
                    .findFirst().orElseThrow();
            throw UserError.of(say("%s compares with the row's own answer, and %,d of %,d rows have none; give them "
                    + "one, or set train.objective.grpo.rewards to others\n  the first: %s", comparing, silent,
                    rows.size(), shown(first)));
        }
    }

    private String shown(Example asked) {
        String text = surroundings.wording().encoder().promptText(asked).strip().replaceAll("\\s+", " ");
        int most = Math.min(text.length(), 200);
        return text.length() <= most ? text : text.substring(0, most) + "…";
    }

    @Override public Step prepare(Step step, StepContext context) {
        return context.step() == StepContext.EVALUATION ? judged(step, context) : trained(step, context);
    }

    private static List<Example> asked(Step step) {
        return step.microBatches().stream().flatMap(List::stream).map(group -> group.documents().get(0)).toList();
    }

    private Step trained(Step step, StepContext context) {
        List<List<Rollout>> groups = rollouts.drawn(context.model(), context.adapters(), asked(step), context.step());
        List<double[]> advantages = groups.stream().map(group -> normalise
                .advantages(group.stream().mapToDouble(Rollout::reward).toArray())).toList();
        log.ifPresent(file -> file.add(context.step(), rollouts.rewardNames(), groups, advantages));
        List<ExampleGroup> rows = new ArrayList<>();
        for (int row = 0; row < groups.size(); row++) {
            rows.add(new ExampleGroup(groups.get(row).stream().map(Rollout::document).toList(), advantages.get(row)));
        }
        return new Step(inPlace(step, rows), new Telling(grpo, Measured.ofGroups(rollouts.rewardNames(), groups)));
    }

    private Step judged(Step step, StepContext context) {
        List<Rollout> answers = rollouts.greedy(context.model(), context.adapters(), asked(step));
        List<ExampleGroup> rows = answers.stream().map(answer ->
                new ExampleGroup(List.of(answer.document()), new double[] {answer.reward()})).toList();
        return new Step(inPlace(step, rows), new Telling(new MeanReward(grpo),
                Measured.of(rollouts.rewardNames(), answers)));
    }

    /** These rows in the micro-batches of the step. */
    private static List<List<ExampleGroup>> inPlace(Step step, List<ExampleGroup> rows) {
        List<List<ExampleGroup>> batches = new ArrayList<>();
        int from = 0;
        for (List<ExampleGroup> batch : step.microBatches()) {
            batches.add(rows.subList(from, from + batch.size()));
            from += batch.size();
        }
        return batches;
    }

    /** An objective that tells figures of the whole step beside its own: with every micro-batch, so that their mean
     *  is these.
     */
    private record Telling(Objective of, Map<String, Double> figures) implements Objective {
        @Override public Section<? extends Objective> section() { return of.section(); }

        @Override public Set<Class<? extends Sample>> eats() { return of.eats(); }

        @Override public boolean wantsReference() { return of.wantsReference(); }

        @Override public boolean dependsOnLogProbabilities() { return of.dependsOnLogProbabilities(); }

        @Override public LossSum loss(Targets targets) {
            LossSum sum = LossSum.ZERO;
            for (Map.Entry<String, Double> figure : figures.entrySet()) {
                sum = sum.with(figure.getKey(), figure.getValue(), 1);
            }
            return sum.plus(of.loss(targets));
        }

        @Override public float[] gradient(Targets targets) { return of.gradient(targets); }
    }

    /**
     * Less the reward of each answer, which is what the values are: the more reward, the lower. Nothing to train on.
     */
    private record MeanReward(Objective grpo) implements Objective {
        @Override public Section<? extends Objective> section() { return grpo.section(); }

        @Override public Set<Class<? extends Sample>> eats() { return grpo.eats(); }

        @Override public LossSum loss(Targets targets) {
            return new LossSum(-Arrays.stream(targets.values()).sum(), targets.values().length);
        }

        @Override public float[] gradient(Targets targets) { return new float[targets.count()]; }

        @Override public boolean dependsOnLogProbabilities() { return false; }
    }
}
