package io.weft.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.PullProgress;
import io.weft.hub.HubDownload;
import io.weft.hub.HubSettings;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code weft pull}: a model from a hub into the cache that Python's huggingface_hub shares. Only its folder goes to
 * standard output, so that other commands can take it from there.
 */
@Command(customSynopsis = "weft pull ORG/NAME [--revision REVISION]",
        footer = {"  @|bold weft pull Qwen/Qwen3-0.6B|@", "      ${bundle:weft.pull.example.plain}",
        "  @|bold weft train --model \"$(weft pull Qwen/Qwen3-0.6B)\" --data rows.json|@",
        "      ${bundle:weft.pull.example.train}"})
final class Pull implements Verb {
    @Mixin private JsonOption json;
    @Parameters(index = "0", paramLabel = "ORG/NAME", descriptionKey = "name") private String name;
    @Option(names = "--revision", paramLabel = "REVISION") private String revision = "main";
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        try (var progress = new PullProgress(streams.err())) {
            Path folder = new HubDownload(HubSettings.fromEnvironment(System.getenv()), progress)
                    .pull(name, revision);
            progress.close();
            streams.out().println(json.isAsked() ? new ObjectMapper().createObjectNode().put("formatVersion", 1)
                    .put("folder", folder.toString()).toString() : folder.toString());
            return ExitCode.DONE;
        }
    }
}
