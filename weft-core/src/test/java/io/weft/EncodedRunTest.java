package io.weft;

import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Warned;
import io.weft.run.WarningText;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a run does with rows that its chat template or its borders make something of. */
class EncodedRunTest {
    private static final String CHAT = """
            {{- strftime_now('%H:%M:%S') }}{% for m in messages %}{% if m.role == 'system' %}
            {{ raise_exception('System role not supported') }}{% endif %}<|im_start|>{{ m.role }}
            {{ m.content }}<|im_end|>
            {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
            {% endif %}""";
    @TempDir Path folder;
    private Path base;

    @BeforeEach void makeModel() throws IOException {
        base = TinyRun.base(folder.resolve("base"), DType.F32);
        Files.writeString(base.resolve("chat_template.jinja"), CHAT);
    }

    /** @param refused which of the rows the template refuses */
    private Path chats(int count, IntPredicate refused) throws IOException {
        return Files.writeString(folder.resolve("chats.jsonl"), IntStream.range(0, count).mapToObj(i ->
                "{\"messages\": [" + (refused.test(i) ? "{\"role\": \"system\", \"content\": \"the cat\"}, " : "")
                + "{\"role\": \"user\", \"content\": \"the teacher " + i + "\"}, {\"role\": \"assistant\", "
                + "\"content\": \"my friend " + i + "\"}]}\n").collect(Collectors.joining()));
    }

    private List<RunEvent> trained(Recipe recipe, Path out) {
        List<RunEvent> events = new ArrayList<>();
        Scope.run(() -> {
            try (TrainingRun run = TrainingRun.start(recipe, out, events::add)) {
                run.train();
            }
        });
        return events;
    }

    private static List<String> warnings(List<RunEvent> events) {
        return events.stream().filter(Warned.class::isInstance).map(event -> WarningText.of((Warned) event)).toList();
    }

    @Test void aRowThatTheTemplateRefusesIsSetAsideAndTheRunGoesOn() throws IOException {
        Path out = folder.resolve("run");
        var events = trained(TinyRun.recipe(base, chats(24, i -> i == 5), "train.steps=2", "data.heldOut=4"), out);
        assertThat(warnings(events)).anySatisfy(warning ->
                assertThat(warning).contains("1 rows", "System role not supported"));
        Path train = out.resolve("data/train.setaside.jsonl"), held = out.resolve("data/heldout.setaside.jsonl");
        assertThat(Files.readString(Files.exists(train) ? train : held)).contains("System role not supported",
                "\"line\"").hasLineCount(1);
        String recipe = Files.readString(out.resolve("recipe.yaml"));
        assertThat(recipe).containsPattern("clock: \"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\"")
                .contains("border: exact", "thinking: auto");
        assertThat(Recipe.read(out.resolve("recipe.yaml")).data().encoding().clock()).isPresent();
    }

    @Test void aRunWhoseRowsAreAllRefusedSaysWhy() throws IOException {
        Recipe recipe = TinyRun.recipe(base, chats(9, i -> true), "data.heldOut=0");
        assertThatThrownBy(() -> trained(recipe, folder.resolve("run"))).isInstanceOf(UserError.class)
                .hasMessageContainingAll("9 set aside", "System role not supported");
    }

    @Test void joinedSaysWhatItCosts() throws IOException {
        Path rows = Files.writeString(folder.resolve("rows.jsonl"), IntStream.range(0, 12).mapToObj(i ->
                "{\"prompt\": \"" + (i < 3 ? "the c" : "the") + "\", \"completion\": \"" + (i < 3 ? "at reads "
                : " cat writes ") + i + "\"}\n").collect(Collectors.joining()));
        var joined = trained(TinyRun.recipe(base, rows, "train.steps=2", "data.heldOut=0", "data.border=joined"),
                folder.resolve("joined"));
        assertThat(warnings(joined)).anySatisfy(warning -> assertThat(warning).contains("border: joined", "3 rows"));
        var exact = trained(TinyRun.recipe(base, rows, "train.steps=2", "data.heldOut=0"), folder.resolve("exact"));
        assertThat(warnings(exact)).noneSatisfy(warning -> assertThat(warning).contains("border"));
    }
}
