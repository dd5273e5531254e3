package io.weft.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Place;
import io.weft.file.AtomicFile;
import io.weft.metric.ExactMatch;
import io.weft.metric.Rouge;
import io.weft.metric.RougeTokens;
import io.weft.objective.LossSum;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code samples.jsonl}: every question with all answers, one JSON object a line: {@code base} and {@code tuned} of a
 * run, {@code answers} of several models. All lines have the same keys, so that tools which infer columns read it; a
 * question of several messages has them in {@code messages} (then every line
 * does), one of a single message in {@code prompt}; where any answer holds reasoning, every line tells it apart.
 */
final class SamplesFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SamplesFile() {}

    static void write(Path file, Comparison comparison) {
        boolean severalTurns = comparison.rows().questions().stream()
                .anyMatch(question -> question.row().asked().size() != 1);
        boolean reasoned = comparison.models().stream().map(Judged::answers)
                .anyMatch(answers -> answers.replies().stream().anyMatch(reply -> !reply.reasoning().isEmpty()))
                || comparison.rows().questions().stream()
                .anyMatch(question -> !question.answer().reasoning().isEmpty());
        List<Map<Place, LossSum>> losses = comparison.models().stream().map(Judged::losses).toList();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < comparison.rows().questions().size(); i++) {
            HeldOutRows.Question question = comparison.rows().questions().get(i);
            ObjectNode line = JSON.createObjectNode().put("row", i + 1);
            if (severalTurns) {
                var messages = line.putArray("messages");
                question.row().asked().forEach(message -> messages.addObject().put("role", message.role())
                        .put("content", message.content()));
            } else {
                line.put("prompt", question.row().asked().get(0).content());
            }
            if (reasoned) {
                line.put("expectedReasoning", question.answer().reasoning());
            }
            line.put("expected", question.expected()).put("promptTokens", question.ids().length)
                    .put("promptShortened", question.shortened());
            line.put("file", question.row().place().file()).put("line", question.row().place().line());
            ArrayNode answers = comparison.isOfRun() ? null : line.putArray("answers");
            for (int model = 0; model < comparison.models().size(); model++) {
                Judged judged = comparison.models().get(model);
                ObjectNode node = answers == null ? line.putObject(judged.name())
                        : answers.addObject().put("model", judged.name());
                put(node, reasoned, comparison, judged, i);
                LossSum loss = losses.get(model).getOrDefault(question.row().place(), LossSum.ZERO);
                node.put("loss", loss.count() == 0 || !loss.isFinite() ? null : loss.mean())
                        .put("counted", loss.isFinite() ? loss.count() : 0);
            }
            lines.append(line).append('\n');
        }
        AtomicFile.write(file, lines.toString());
    }

    private static void put(ObjectNode into, boolean reasoned, Comparison comparison, Judged model, int row) {
        Answers.Reply reply = model.answers().replies().get(row);
        HeldOutRows.Question question = model.rows().questions().get(row);
        if (reasoned) {
            into.put("reasoning", reply.reasoning());
        }
        into.put("answer", reply.text()).put("tokens", reply.tokens()).put("finish", reply.finish().word())
                .put("exactMatch", ExactMatch.strictly(reply.text(), question.expected()))
                .put("rougeL", rougeL(reply.text(), question.expected(), comparison.tokens().rouge()));
    }

    /** Null where the expected answer has no word, so that even itself would score 0. */
    private static Double rougeL(String answer, String expected, RougeTokens cut) {
        return cut.tokens(expected).isEmpty() ? null : 100 * Rouge.of(answer, expected, cut).rougeL().f1();
    }
}
