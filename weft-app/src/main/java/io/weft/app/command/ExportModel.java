package io.weft.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.app.option.BaseOption;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.export.Export;
import io.weft.export.Exporter;
import io.weft.loaded.LoadedModel;
import io.weft.model.folder.Quantise;
import io.weft.problem.UserError;
import io.weft.settings.Word;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft export}: a tuned model as a folder that other tools load. */
@Command(customSynopsis = "weft export RUN --merged DIR [--quantised nf4] [--type TYPE]",
        footer = {"  @|bold weft export runs/first --merged models/first|@",
        "      ${bundle:weft.export.example.plain}",
        "  @|bold weft export models/base --merged models/base-nf4 --quantised nf4|@",
        "      ${bundle:weft.export.example.quantised}"})
final class ExportModel implements Verb {
    @Mixin private JsonOption json;
    @Parameters(index = "0", paramLabel = "RUN", descriptionKey = "run") private Path run;
    @Option(names = "--merged", paramLabel = "DIR", required = true) private Path merged;
    @Option(names = "--quantised", paramLabel = "FORM") private String quantised;
    @Option(names = "--type", paramLabel = "TYPE") private String type;
    @Mixin private BaseOption base;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        var stored = Optional.ofNullable(type).map(Exporter::type);
        var form = Optional.ofNullable(quantised).map(ExportModel::form);
        try (LoadedModel loaded = base.open(run, streams)) {
            if (form.isEmpty() && loaded.folder().isNarrow()) {
                streams.err().println(say("the base's linears are quantised; they are written as what they stand for, "
                        + "with what was tuned merged in"));
            }
            Export export = form.isPresent() ? loaded.exportQuantised(merged, stored)
                    : loaded.exportMerged(merged, stored);
            streams.out().println(json.isAsked() ? json(export) : export.toString());
            return ExitCode.DONE;
        }
    }

    private static Quantise form(String word) {
        return Word.named(Quantise.class, word).orElseThrow(() -> UserError.of(say("%s is no form to quantise to; "
                + "there is nf4", word)));
    }

    private static String json(Export export) {
        return new ObjectMapper().createObjectNode().put("formatVersion", 1).put("folder", export.folder().toString())
                .put("type", export.type().name()).put("bytes", export.bytes())
                .put("difference", export.difference())
                .put("allowed", Double.isNaN(export.allowed()) ? null : (Double) export.allowed()).toString();
    }
}
