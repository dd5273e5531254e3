package io.weft.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.app.terminal.Streams;
import io.weft.hub.HubDownload;
import io.weft.hub.HubSettings;
import java.nio.file.Path;

import static io.weft.problem.Language.say;

/**
 * {@code weft pull}: a model from a hub into the cache that Python's huggingface_hub shares. Only its folder goes to
 * standard output, so that other commands can take it from there.
 */
final class Pull implements Command {
    private final Syntax syntax = Syntax.withJson("pull", "ORG/NAME [--revision REVISION]",
            say("Fetches a model from the Hugging Face hub, or goes on fetching it, checks every file and prints its "
            + "folder."));
    private final Argument<String> name = syntax.word("ORG/NAME",
            say("the model's name on the hub; HF_ENDPOINT names a mirror, HF_TOKEN opens private models"));
    private final Argument<String> revision = syntax.text("--revision", "REVISION",
            say("branch, tag or commit; main by default"));

    @Override public Syntax syntax() {
        return syntax.example("weft pull Qwen/Qwen3-0.6B", say("into ~/.cache/huggingface"))
                .example("weft train --model \"$(weft pull Qwen/Qwen3-0.6B)\" --data rows.json",
                say("fetches it when it is not there yet, and tunes it"));
    }

    @Override public int run(Streams streams) {
        try (var progress = new PullProgress(streams.err())) {
            Path folder = new HubDownload(HubSettings.fromEnvironment(System.getenv()), progress)
                    .pull(name.required(), revision.given().orElse("main"));
            progress.close();
            streams.out().println(syntax.json() ? new ObjectMapper().createObjectNode().put("formatVersion", 1)
                    .put("folder", folder.toString()).toString() : folder.toString());
            return ExitCode.DONE;
        }
    }
}
