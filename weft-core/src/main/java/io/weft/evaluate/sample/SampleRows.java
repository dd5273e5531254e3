package io.weft.evaluate.sample;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Message;
import io.weft.file.JsonFile;
import io.weft.file.JsonProblem;
import io.weft.problem.UserError;
import io.weft.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

import static io.weft.problem.Language.say;

/**
 * {@code samples.jsonl} of an evaluation: of a run ("base" and "tuned"), or of models that were judged together.
 *
 * @param models names of those that answered, in the order of the table; none where no row asks anything
 */
public record SampleRows(List<String> models, List<SampleRow> rows) {
    /** Its name in an evaluation folder, and what a run's two models are called in it. */
    public static final String FILE = "samples.jsonl", BASE = "base", TUNED = "tuned";

    public SampleRows {
        models = List.copyOf(models);
        rows = List.copyOf(rows);
    }

    /** @throws UserError when the run was not evaluated, or the file cannot be read */
    public static SampleRows of(RunFolder run) {
        if (!Files.isRegularFile(run.evaluation().resolve(FILE))) {
            throw UserError.of(say("%s has no samples: it was not evaluated; run weft evaluate %s", run.path(),
                    run.path()));
        }
        return read(run.evaluation());
    }

    /**
     * @param folder of an evaluation
     * @throws UserError when there is no such file, or a line of it is none of Weft's
     */
    public static SampleRows read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw UserError.of(say("%s holds no evaluation: it has no %s", folder, FILE));
        }
        List<SampleRow> rows = new ArrayList<>();
        try (var lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    rows.add(row(line, file, number));
                }
            }
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
        return new SampleRows(rows.isEmpty() ? List.of() : List.copyOf(rows.get(0).answers().keySet()), rows);
    }

    private static SampleRow row(String line, Path file, int number) {
        JsonNode row;
        try {
            row = JsonFile.JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw UserError.of(say("%s line %d: not valid JSON (%s); evaluate again", file, number, JsonProblem.of(e)),
                    e);
        }
        Map<String, SampleAnswer> answers = new LinkedHashMap<>();
        row.path("answers").forEach(answer -> answers.put(answer.path("model").asText(), answer(answer)));
        for (String model : List.of(BASE, TUNED)) {
            if (row.path(model).isObject()) {
                answers.put(model, answer(row.path(model)));
            }
        }
        if (!row.path("expected").isTextual() || answers.isEmpty()) {
            throw UserError.of(say("%s line %d: no sample of an evaluation ('expected' and answers are missing); "
                    + "evaluate again", file, number));
        }
        return new SampleRow(row.path("row").asInt(number), messages(row), row.path("expected").asText(),
                row.path("expectedReasoning").asText(""), answers);
    }

    private static List<Message> messages(JsonNode row) {
        if (!row.has("messages")) {
            return List.of(Message.user(row.path("prompt").asText()));
        }
        List<Message> messages = new ArrayList<>();
        row.path("messages").forEach(message -> messages.add(new Message(message.path("role").asText(),
                message.path("content").asText())));
        return messages;
    }

    private static SampleAnswer answer(JsonNode node) {
        return new SampleAnswer(node.path("answer").asText(), node.path("reasoning").asText(""),
                node.path("tokens").asInt(), node.path("finish").asText(), node.path("exactMatch").asBoolean(),
                number(node.path("rougeL")), number(node.path("loss")), node.path("counted").asLong());
    }

    private static OptionalDouble number(JsonNode node) {
        return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
    }
}
