package io.weft.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.LoadedModel;
import io.weft.app.terminal.Streams;
import io.weft.export.Export;
import io.weft.export.Exporter;
import java.nio.file.Path;

import static io.weft.problem.Language.say;

/** {@code weft export}: a tuned model as a folder that other tools load. */
final class ExportModel implements Command {
    private final Syntax syntax = Syntax.withJson("export", "RUN --merged DIR",
            say("Merges the adapter into its base and writes a whole Hugging Face folder, verified by its logits "
            + "before it is called done."));
    private final Argument<Path> run = syntax.place("RUN", say("a finished run, or an adapter folder"));
    private final Argument<Path> merged = syntax.path("--merged", "DIR", say("folder for the model, new or empty"));
    private final Argument<String> type = syntax.text("--type", "TYPE",
            say("fp32, bf16 or fp16; as the base is stored by default"));

    @Override public Syntax syntax() {
        return syntax.example("weft export runs/first --merged models/first",
                say("then from Python: AutoModelForCausalLM.from_pretrained(\"models/first\")"));
    }

    @Override public int run(Streams streams) {
        Path target = merged.required();
        var stored = type.given().map(Exporter::type);
        try (LoadedModel loaded = LoadedModel.open(run.required())) {
            Export export = loaded.exportMerged(target, stored);
            streams.out().println(syntax.json() ? json(export) : export.toString());
            return ExitCode.DONE;
        }
    }

    private static String json(Export export) {
        return new ObjectMapper().createObjectNode().put("formatVersion", 1).put("folder", export.folder().toString())
                .put("type", export.type().name()).put("bytes", export.bytes())
                .put("difference", export.difference()).put("allowed", export.allowed()).toString();
    }
}
