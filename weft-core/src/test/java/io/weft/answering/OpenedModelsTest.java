package io.weft.answering;

import io.weft.data.augment.AugmentLimits;
import io.weft.data.augment.ModelSource;
import io.weft.data.mend.step.Augment;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.endpoint.ChatServer;
import io.weft.endpoint.ChatServer.Asked;
import io.weft.endpoint.ChatServer.Told;
import io.weft.endpoint.EndpointRefusal;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class OpenedModelsTest {
    private static final String KEY = "sk-theKeyOfThisTest99";
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    private Path rows() throws IOException {
        return Files.write(folder.resolve("rows.jsonl"), IntStream.range(0, 12).mapToObj(i ->
                "{\"prompt\":\"Write a poem about the letter " + (char) ('a' + i) + ".\",\"completion\":\"p" + i
                + "\"}")
                .toList());
    }

    private static Told paraphrase(Asked asked) {
        String question = asked.question();
        return Told.answer(question.startsWith("Do these") ? "Yes."
                : "Compose" + question.substring(question.lastIndexOf("Write") + 5).replace(".", ", please."));
    }

    private PreparedData prepare(ChatServer server, String run) throws IOException {
        ModelSource source = new ModelSource(Optional.of("m"), Optional.of(server.base()), Optional.of("TEST_KEY"),
                OptionalDouble.empty(), 2, Optional.empty());
        DataSettings settings = DataSettings.DEFAULTS.withTrain(rows().toString()).withMend(List.of(new Augment(
                Augment.By.ENDPOINT, new AugmentLimits(1, OptionalInt.empty(), 1, 2, 0.25, true), source)));
        return Preparation.prepare(settings.withSplit(settings.split().withHeldOut("2")), 42, folder.resolve(run),
                kind -> true, new OpenedModels(Map.of("TEST_KEY", KEY)));
    }

    @Test void whatAServiceAnsweredBeforeItBrokeOffIsNotAskedAgain() throws IOException {
        AtomicInteger answered = new AtomicInteger();
        try (ChatServer server = new ChatServer(asked -> answered.getAndIncrement() == 7
                ? Told.error(401, "invalid_api_key", "the key " + KEY + " was withdrawn") : paraphrase(asked))) {
            assertThatThrownBy(() -> prepare(server, "first")).isInstanceOf(EndpointRefusal.class)
                    .hasMessageContaining("refuses the key in TEST_KEY (401)").hasMessageNotContaining(KEY);
            assertThat(folder.resolve("first/data")).doesNotExist();
            Path log = folder.resolve("rows.jsonl.answers.jsonl");
            long paid = Files.readAllLines(log).size() - 1;
            assertThat(paid).isBetween(7L, 9L);
            PreparedData data = prepare(server, "second");
            assertThat(data.train()).hasSize(20);
            assertThat(data.manifest().mended().get("augment").added()).isEqualTo(10);
            assertThat(server.asked().size()).isEqualTo(20 + 1);
            assertThat(Files.readAllLines(log)).hasSize(1 + 20);
            assertThat(Files.readString(prepare(server, "third").folder().resolve("train.jsonl")))
                    .isEqualTo(Files.readString(data.folder().resolve("train.jsonl")));
            assertThat(server.asked().size()).isEqualTo(20 + 1);
            for (Path file : List.of(log, data.folder().resolve("manifest.json"))) {
                assertThat(Files.readString(file)).doesNotContain(KEY);
            }
        }
    }

    @Test void aKeyThatIsNotSetIsToldBeforeAnythingIsAsked() throws IOException {
        try (ChatServer server = new ChatServer(OpenedModelsTest::paraphrase)) {
            assertThatThrownBy(() -> new OpenedModels(Map.of()).open(new ModelSource(Optional.of("m"),
                    Optional.of(server.base()), Optional.of("TEST_KEY"), OptionalDouble.empty(), 1, Optional.empty()),
                    folder.resolve("log"))).isInstanceOf(UserError.class).hasMessageContaining("TEST_KEY", "not set");
            assertThat(server.asked()).isEmpty();
        }
    }

    @Test void aKeyThatIsPutWhereItsVariablesNameBelongsIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> Recipe.of("m", "rows.jsonl").with("data.mend.augment.key=" + KEY))
                .isInstanceOf(UserError.class).hasMessageContaining("the name of an environment variable in capitals")
                .hasMessageNotContaining(KEY);
    }
}
