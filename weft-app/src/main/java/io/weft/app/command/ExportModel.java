package io.weft.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.LoadedModel;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.export.Export;
import io.weft.export.Exporter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft export}: a tuned model as a folder that other tools load. */
@Command(customSynopsis = "weft export RUN --merged DIR",
        footer = {"  @|bold weft export runs/first --merged models/first|@",
        "      ${bundle:weft.export.example.plain}"})
final class ExportModel implements Verb {
    @Mixin private JsonOption json;
    @Parameters(index = "0", paramLabel = "RUN", descriptionKey = "run") private Path run;
    @Option(names = "--merged", paramLabel = "DIR", required = true) private Path merged;
    @Option(names = "--type", paramLabel = "TYPE") private String type;
    @Mixin private BaseOption base;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        var stored = Optional.ofNullable(type).map(Exporter::type);
        try (LoadedModel loaded = base.open(run, streams)) {
            Export export = loaded.exportMerged(merged, stored);
            streams.out().println(json.isAsked() ? json(export) : export.toString());
            return ExitCode.DONE;
        }
    }

    private static String json(Export export) {
        return new ObjectMapper().createObjectNode().put("formatVersion", 1).put("folder", export.folder().toString())
                .put("type", export.type().name()).put("bytes", export.bytes())
                .put("difference", export.difference()).put("allowed", export.allowed()).toString();
    }
}
