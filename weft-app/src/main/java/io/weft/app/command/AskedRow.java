package io.weft.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Message;
import io.weft.data.OddCharacters;
import io.weft.data.PromptStyle;
import io.weft.data.format.Fields;
import io.weft.data.format.QuestionRow;
import io.weft.data.read.Row;
import io.weft.data.read.RowProblem;
import io.weft.data.read.RowReader;
import io.weft.problem.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** A row of a file of questions. @param messages what the model is asked, its prompt built as the model was tuned */
record AskedRow(Row row, List<Message> messages) {
    /** Every row of the file. @throws io.weft.problem.UserError naming every row that asks nothing, with its line */
    static List<AskedRow> read(Path file, PromptStyle style) {
        List<AskedRow> rows = new ArrayList<>();
        Problems problems = new Problems(file.toString());
        try (RowReader reader = RowReader.open(file)) {
            reader.forEachRemaining(outcome -> {
                outcome.rejected().ifPresent(rejected -> problems.add(rejected.toString()));
                outcome.taken().ifPresent(row -> {
                    Fields fields = new Fields(row.fields());
                    rows.add(new AskedRow(row, QuestionRow.read(row.fields(), fields, style)));
                    if (!fields.problems().isEmpty()) {
                        problems.add(row.place() + ": " + fields.problems().stream().map(RowProblem::text).distinct()
                                .collect(Collectors.joining("; ")));
                    }
                });
            });
        }
        problems.throwIfAny();
        return rows;
    }

    /** A sentence about a field that is copied to the answers although it holds half a character. */
    Optional<String> oddity() {
        return row.fields().properties().stream().filter(field -> holdsLoneSurrogate(field.getValue())).findFirst()
                .map(field -> say("%s: '%s' holds half of a character (a lone surrogate such as \\ud83d); it is copied "
                        + "as it is", row.place(), field.getKey()));
    }

    private static boolean holdsLoneSurrogate(JsonNode value) {
        if (value.isTextual()) {
            return OddCharacters.holdsLoneSurrogate(value.textValue());
        }
        for (JsonNode each : value) {
            if (holdsLoneSurrogate(each)) {
                return true;
            }
        }
        return false;
    }
}
