package io.weft.recipe;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.OneOf;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/**
 * How a stage merges.
 *
 * @param type of the stored weights, "fp32", "bf16" or "fp16"; that of the base when not given
 */
public record MergeSettings(Optional<String> type) {
    static final Section<MergeSettings> SECTION = Section.of("merge", new MergeSettings(Optional.empty()),
            text("no training: the adapter of the stage before becomes part of its base"),
            Setting.of("type", OneOf.names(() -> List.of("fp32", "bf16", "fp16")), text("of the stored weights"))
                    .optional("fp32", text("as the base is stored")));
}
