package io.weft.app.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.EvaluationRun;
import io.weft.TrainingRun;
import io.weft.evaluate.Answers;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.Progress;
import io.weft.generate.Sampling;
import io.weft.metric.ExactMatch;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The quickstart's gain is real: the base cannot do it, the tuned model can, and with shuffled answers there is nothing
 * to learn.
 */
class QuickstartTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir Path folder;

    @Test void theBaseAnswersNextToNothingRight() throws IOException {
        Scope.run(() -> {
            try (TrainingRun run = start(EmbeddedBase.rows(), "train.steps=1")) {
                assertThat(run.model().weightCount()).isLessThanOrEqualTo(4_000_000);
                assertThat(exact(run, 40)).isLessThanOrEqualTo(0.05);
            }
        });
        assertThat(Files.size(EmbeddedBase.model().resolve("model.safetensors"))).isLessThanOrEqualTo(12_000_000);
    }

    @Test void everyWayOfTuningThatItOffersIsARecipeOfThatWay() {
        assertThat(QuickstartTuning.ALL).extracting(QuickstartTuning::name).doesNotHaveDuplicates();
        for (QuickstartTuning one : QuickstartTuning.ALL) {
            Recipe recipe = RecipeReader.read(Optional.empty(), List.of("model=" + EmbeddedBase.model(),
                    "data.train=" + EmbeddedBase.rows()), one.usual(true));
            String method = recipe.tuning().name();
            assertThat(one.setting()).startsWith("tuning." + method);
            assertThat(recipe.train().optimizer().learningRate()).as(one.name()).isPresent();
        }
        assertThatThrownBy(() -> QuickstartTuning.named("prefx")).isInstanceOf(UserError.class)
                .hasMessageContaining("prefx").hasMessageContaining("prefix");
    }

    @Tag("campaign") @Test void tuningTeachesItAndShuffledAnswersTeachNothing() throws IOException {
        double learned = trained(EmbeddedBase.rows()), shuffled = trained(shuffled());
        System.out.println("exact match after tuning " + learned + ", with shuffled answers " + shuffled);
        assertThat(learned).isGreaterThanOrEqualTo(0.825);
        assertThat(shuffled).isLessThanOrEqualTo(0.1);
    }

    private double trained(Path rows) {
        return Scope.value(() -> {
            try (TrainingRun run = start(rows)) {
                run.train();
                return exact(run, Integer.MAX_VALUE);
            }
        });
    }

    private TrainingRun start(Path rows, String... settings) {
        List<String> given = new ArrayList<>(List.of(settings));
        given.add("model=" + EmbeddedBase.model());
        given.add("data.train=" + rows);
        return TrainingRun.start(RecipeReader.read(Optional.empty(), given,
                QuickstartTuning.named("lora").usual(true)),
                folder.resolve("run" + rows.getFileName()), event -> {});
    }

    private static double exact(TrainingRun run, int rows) {
        EvaluationSettings settings = EvaluationSettings.DEFAULTS.withSampling(Sampling.greedy(96)).withBatch(32);
        EvaluationRun evaluation = EvaluationRun.of(run, rows == Integer.MAX_VALUE ? settings
                : settings.withRows(rows));
        Answers answers = evaluation.answers(Progress.NONE);
        return ExactMatch.of(answers.texts(), evaluation.rows().expected()).strict();
    }

    /** The same requests, each with the answer of another one. */
    private Path shuffled() throws IOException {
        ArrayNode rows = (ArrayNode) JSON.readTree(EmbeddedBase.rows().toFile());
        List<JsonNode> answers = new ArrayList<>();
        rows.forEach(row -> answers.add(row.path("output")));
        Collections.shuffle(answers, new Random(1));
        for (int i = 0; i < rows.size(); i++) {
            ((ObjectNode) rows.get(i)).set("output", answers.get(i));
        }
        return Files.write(folder.resolve("shuffled.json"), JSON.writeValueAsBytes(rows));
    }
}
