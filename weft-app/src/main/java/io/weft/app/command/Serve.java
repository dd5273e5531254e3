package io.weft.app.command;

import io.weft.LoadedModel;
import io.weft.app.serve.ModelAnswerer;
import io.weft.app.serve.PromptBuilder;
import io.weft.app.serve.ServeSettings;
import io.weft.app.serve.ServedModel;
import io.weft.app.serve.WeftServer;
import io.weft.app.terminal.Streams;
import io.weft.problem.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** {@code weft serve}: a model behind HTTP. */
final class Serve implements Command {
    private static final int USUAL_QUEUE = 32, USUAL_TOGETHER = 8;
    /** Where a key does not show in the list of processes. */
    private static final String KEY_VARIABLE = "WEFT_API_KEY";
    private final Syntax syntax = Syntax.of("serve", "RUN_OR_MODEL [--port N]",
            say("Serves a tuned model over HTTP: a page, the tutorial's /predict and OpenAI's /v1/chat/completions."));
    private final Argument<Path> source = syntax.place("RUN_OR_MODEL",
            say("a run, an adapter folder or a model folder"));
    private final Argument<Integer> port = syntax.number("--port", "N",
            say("port to listen on; %d by default, 0 for any free one", ServeSettings.DEFAULTS.port()));
    private final Argument<String> host = syntax.text("--host", "ADDRESS",
            say("address to listen on; %s by default, any other needs a key", ServeSettings.DEFAULTS.host()));
    private final Argument<String> key = syntax.text("--api-key", "KEY",
            say("what clients must send as Bearer token; %s in the environment does the same", KEY_VARIABLE));
    private final Argument<String> name = syntax.text("--name", "NAME",
            say("the model's name in the API; its folder's by default"));
    private final Argument<Integer> queue = syntax.number("--queue", "N",
            say("requests that may wait; %d by default", USUAL_QUEUE));
    private final Argument<Integer> together = syntax.number("--batch", "N",
            say("requests answered together; %d by default", USUAL_TOGETHER));

    @Override public Syntax syntax() {
        return syntax.example("weft serve runs/first --port 8000", say("open http://127.0.0.1:8000/ for the page"))
                .example("WEFT_API_KEY=long-secret weft serve runs/first --host 0.0.0.0",
                say("for other machines, which must show the key"));
    }

    @Override public int run(Streams streams) {
        Path model = source.required();
        if (!Files.isDirectory(model)) {
            throw UserError.of(say("%s: no such run or model folder", model));
        }
        ServeSettings usual = ServeSettings.DEFAULTS;
        Optional<String> shown = key.given().or(() -> Optional.ofNullable(System.getenv(KEY_VARIABLE)));
        var settings = new ServeSettings(host.given().orElse(usual.host()), port.given().orElse(usual.port()), shown,
                usual.maxNewTokens(), usual.maxBodyBytes(), usual.deadline(), usual.drain());
        String called = name.given().orElseGet(() -> model.toAbsolutePath().normalize().getFileName().toString());
        ModelAnswerer answerer = ModelAnswerer.start(called, queue.given().orElse(USUAL_QUEUE),
                together.given().orElse(USUAL_TOGETHER), () -> served(LoadedModel.open(model)));
        WeftServer server = WeftServer.start(settings, answerer);
        try {
            answerer.awaitReady();
            streams.out().println(say("%s answers at %s; Ctrl-C ends", called, server.address()));
            server.runUntilStopped();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            server.close();
        }
        return ExitCode.DONE;
    }

    /** Its tokenizer is closed by the answerer, all of it that must be. */
    private static ServedModel served(LoadedModel loaded) {
        return new ServedModel(loaded.generator(), loaded.wording().tokenizer(),
                PromptBuilder.of(loaded.wording().tokenizer(), loaded.wording().encoder(), loaded.wording().style()));
    }
}
