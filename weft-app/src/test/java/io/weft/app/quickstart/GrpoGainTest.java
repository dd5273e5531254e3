package io.weft.app.quickstart;

import io.weft.TrainingRun;
import io.weft.objective.grpo.Grpo;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import io.weft.reward.Answered;
import io.weft.reward.Length;
import io.weft.reward.Reward;
import io.weft.run.RunEvent.Finished;
import io.weft.settings.Section;
import io.weft.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.weft.problem.Translatable.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The base learns from its own answers what is rewarded, on prompts that it was not trained on; where each answer gets
 * the reward of another one, there is nothing to learn.
 */
class GrpoGainTest {
    private static final List<String> SETTINGS = List.of("data.rows=400", "data.heldOut=64", "data.maxLength=256",
            "train.objective.grpo.maxNewTokens=32", "train.objective.grpo.rewards.length.least=10",
            "train.objective.grpo.rewards.length.most=30", "train.objective.grpo.rewards.length.fade=40",
            "train.batch=8", "train.accumulate=1", "train.steps=40", "train.evalEvery=40", "train.learningRate=1e-3",
            "tuning.lora.rank=32", "tuning.lora.alpha=32", "tuning.lora.dropout=0");
    @TempDir Path folder;

    /** Gives each answer what another one is worth: that of three answers before, most often to the same prompt. */
    private record Another(double weight) implements Reward {
        private static final Section<Another> SECTION = Section.of("another", new Another(1), text("reward"), WEIGHT);
        private static final Length LENGTH = new Length(1, 10, 30, 40, Length.Unit.CHARACTERS);
        private static final Deque<Double> EARLIER = new ArrayDeque<>();

        @Override public Section<Another> section() { return SECTION; }

        @Override public double of(Answered answered) {
            EARLIER.addLast(LENGTH.of(answered));
            return EARLIER.size() > 3 ? EARLIER.removeFirst() : EARLIER.getFirst();
        }
    }

    @Tag("campaign") @Test void whatIsRewardedIsLearnedAndShuffledRewardsTeachNothing() {
        for (int seed = 1; seed <= 3; seed++) {
            Finished learned = trained(seed, false), shuffled = trained(seed, true);
            System.out.printf("seed %d: mean reward %.4f before, %.4f after, %.4f after shuffled rewards%n", seed,
                    -learned.untouchedLoss(), -learned.bestLoss(), -shuffled.bestLoss());
            assertThat(-learned.bestLoss()).isGreaterThan(0.5 - learned.untouchedLoss());
            assertThat(-shuffled.bestLoss()).isLessThan(0.2 - shuffled.untouchedLoss());
        }
    }

    private Finished trained(int seed, boolean shuffled) {
        List<String> given = List.of("model=" + EmbeddedBase.model(), "data.train=" + EmbeddedBase.rows(),
                "train.seed=" + seed);
        Recipe recipe = RecipeReader.read(Optional.empty(), given, SETTINGS);
        Grpo grpo = (Grpo) recipe.train().objective();
        Reward reward = shuffled ? new Another(1) : grpo.rewards().get(0);
        Recipe rewarded = recipe.withTrain(recipe.train().withObjective(new Grpo(grpo.rollout(), List.of(reward),
                grpo.beta(), grpo.clip(), grpo.normalise())));
        return Scope.value(() -> {
            try (TrainingRun run = TrainingRun.start(rewarded, folder.resolve(seed + (shuffled ? "s" : "t")),
                    event -> {})) {
                return run.train();
            }
        });
    }
}
