package io.weft.model;

import io.weft.golden.Golden;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Golden model folders outside of {@code models/}: quantised weights, heads. Weft's own refusal says why one is
 * skipped; one that it opens must give the golden logits, so that what it learns is tested from that day on.
 */
class GoldenFoldersTest {
    /** Groups that tests of their own walk. */
    private static final Set<String> WALKED = Set.of("models", "peft", "train", "sft", "metrics", "sampling",
            "tokenizers", "chat_templates", "misc", "heads");

    @Test void everyOtherFolderIsSkippedByWeftsOwnRefusalOrGivesItsLogits() throws IOException {
        int cases = 0;
        for (Path group : groups()) {
            List<Path> models = models(group);
            for (Path model : models) {
                Scope.run(() -> check(model));
                cases++;
            }
            if (models.isEmpty()) {
                Golden.skipped(group, "nothing that Weft could open as a model; its numbers have " + DType.values()
                        .length
                        + " types: " + Arrays.toString(DType.values()));
                cases++;
            }
        }
        System.out.println("golden folders beyond models: " + cases + " cases");
    }

    private static List<Path> groups() throws IOException {
        Set<Path> groups = new TreeSet<>();
        try (Stream<Path> all = Files.list(Golden.at("."))) {
            all.filter(Files::isDirectory).map(Path::normalize)
                    .filter(group -> !WALKED.contains(group.getFileName().toString())).forEach(groups::add);
        }
        return List.copyOf(groups);
    }

    private static List<Path> models(Path group) throws IOException {
        try (Stream<Path> all = Files.walk(group)) {
            return all.filter(path -> path.getFileName().toString().equals("config.json")
                    || path.toString().endsWith(".gguf"))
                    .map(path -> path.toString().endsWith(".gguf") ? path : path.getParent()).sorted().toList();
        }
    }

    private static void check(Path folder) {
        CausalLm model;
        try {
            model = ModelFolder.open(folder).load();
        } catch (UserError refused) {
            Golden.skipped(folder, refused.getMessage());
            return;
        }
        assertThat(folder.resolve("golden.safetensors")).as("Weft opens %s now: compare it here", folder).exists();
        Map<String, Tensor> golden = SafeTensors.open(folder.resolve("golden.safetensors")).readAll();
        int[][] rows = GoldenRows.rows(golden.get("in.ids"));
        for (int row = 0; row < rows.length; row++) {
            Tensor found = model.logits(model.hidden(rows[row], Pass.single(rows[row].length))),
                    expected = golden.get("nopad.logits").narrow(0, row, 1).squeeze(0);
            assertThat(found.shape()).as(folder.toString()).isEqualTo(expected.shape());
            assertThat(found.sub(expected).abs().max().item()).as(folder.toString()).isLessThanOrEqualTo(1e-4);
        }
    }
}
