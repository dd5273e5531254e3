package io.weft.token.encode;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Border;
import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.golden.Golden;
import io.weft.token.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Ids and labels of TRL's tokenisation, whole and cut at the end, and those of the golden training run. */
class EncoderGoldenTest {
    private static final int IGNORED = -100;

    @Test void idsAndLabelsAreTrls() {
        JsonNode golden = Golden.json("sft/trl_golden.json");
        int length = golden.path("max_length").asInt();
        int cases = compare(encode(golden, Integer.MAX_VALUE), golden.path("tokenised_no_limit"))
                + compare(encode(golden, length), golden.path("max_length_" + length + "_keep_start"));
        Golden.ran("sft, TRL tokenisation", cases);
    }

    @Test void theGoldenRunsRowsAreAmongThem() {
        JsonNode rows = Golden.json("sft/trl_golden.json");
        int cases = 0;
        for (Path run : Golden.folders("train", "golden.json")) {
            JsonNode golden = Golden.json(run.resolve("golden.json"));
            if (!golden.has("train_input_ids") || !golden.path("train_seq_lengths").isNull()) {
                Golden.skipped(run, "no rows of an SFT run, each by itself");
                continue;
            }
            JsonNode base = Golden.json("models/" + golden.path("base").asText() + "/golden.json");
            if (!base.path("tokenizer").equals(rows.path("tokenizer"))) {
                Golden.skipped(run, "its tokenizer is not that of sft/trl_golden.json");
                continue;
            }
            cases += among(encode(rows, golden.path("config").path("max_length").asInt()).stream()
                    .map(EncoderGoldenTest::flat).toList(), golden);
        }
        Golden.ran("train, rows of SFT runs", cases);
    }

    private static int among(List<List<Integer>> ours, JsonNode golden) {
        int cases = 0;
        for (String part : new String[] {"train", "eval"}) {
            for (int row = 0; row < golden.path(part + "_input_ids").size(); row++) {
                List<Integer> theirs = new ArrayList<>();
                golden.path(part + "_input_ids").get(row).forEach(id -> theirs.add(id.asInt()));
                golden.path(part + "_labels").get(row).forEach(label -> theirs.add(label.asInt()));
                assertThat(ours).contains(theirs);
                cases++;
            }
        }
        return cases;
    }

    private static int compare(List<Example> examples, JsonNode expected) {
        assertThat(examples).hasSize(expected.size());
        for (int row = 0; row < expected.size(); row++) {
            List<Integer> theirs = new ArrayList<>();
            expected.get(row).path("input_ids").forEach(id -> theirs.add(id.asInt()));
            expected.get(row).path("labels").forEach(label -> theirs.add(label.asInt()));
            assertThat(flat(examples.get(row))).as("row %d", row).isEqualTo(theirs);
        }
        return expected.size();
    }

    private static List<Example> encode(JsonNode golden, int maxLength) {
        try (Tokenizer tokenizer = Tokenizer.read(Golden.at("tokenizers/" + golden.path("tokenizer").asText()))) {
            List<Conversation> rows = new ArrayList<>();
            golden.path("rows")
                    .forEach(row ->
                    rows.add(Conversation.of(row.path("prompt").asText(), row.path("completion").asText(),
                    new Place("alpaca.json", rows.size() + 1))));
            return ConversationEncoder.ofText(tokenizer, PromptStyle.TUTORIAL, maxLength, OverLength.CUT_END,
                    Border.JOINED)
                    .encodeAll(rows).stream().flatMap(group -> group.documents().stream()).toList();
        }
    }

    /** Ids followed by labels. */
    private static List<Integer> flat(Example example) {
        List<Integer> flat = new ArrayList<>();
        for (int id : example.ids()) {
            flat.add(id);
        }
        for (int i = 0; i < example.length(); i++) {
            flat.add(example.trained()[i] ? example.ids()[i] : IGNORED);
        }
        return flat;
    }
}
