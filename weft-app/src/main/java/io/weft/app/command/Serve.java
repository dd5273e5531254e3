package io.weft.app.command;

import io.weft.app.http.ServerLog;
import io.weft.app.option.BaseOption;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.PromptOption;
import io.weft.app.serve.ModelAnswerer;
import io.weft.app.serve.ServeSettings;
import io.weft.app.serve.ServedModel;
import io.weft.app.serve.WeftServer;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Signals;
import io.weft.app.terminal.Streams;
import io.weft.loaded.ModelSource;
import io.weft.loaded.ServedWeights;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft serve}: a model behind HTTP. */
@Command(customSynopsis = "weft serve RUN_OR_MODEL [--port N] [--prompt FILE]",
        footer = {"  @|bold weft serve runs/first --port 8000|@", "      ${bundle:weft.serve.example.plain}",
        "  @|bold WEFT_API_KEY=long-secret weft serve runs/first --host 0.0.0.0|@",
        "      ${bundle:weft.serve.example.open}"})
final class Serve implements Verb {
    private static final ServeSettings USUAL = ServeSettings.DEFAULTS;
    /** Where a key does not show in the list of processes. */
    private static final String KEY_VARIABLE = "WEFT_API_KEY";
    @Parameters(index = "0", paramLabel = "RUN_OR_MODEL", descriptionKey = "source") private Path model;
    @Option(names = "--port", paramLabel = "N") private int port = USUAL.port();
    @Option(names = "--host", paramLabel = "ADDRESS") private String host = USUAL.host();
    @Option(names = "--api-key", paramLabel = "KEY") private String key;
    @Option(names = "--name", paramLabel = "NAME") private String name;
    @Option(names = "--weights", paramLabel = "TYPE") private String weights = ServedWeights.AUTO.word();
    @Option(names = "--log", paramLabel = "FILE") private String log;
    @Mixin private ServerOptions options;
    @Mixin private BaseOption base;
    @Mixin private PromptOption prompt;
    @Mixin private HelpOptions help;
    private Path logFile;

    @Override public int run(Streams streams) {
        Optional<String> shown = Optional.ofNullable(key).or(() -> Optional.ofNullable(System.getenv(KEY_VARIABLE)));
        ServeSettings settings = new ServeSettings(host, port, shown, options.limits(), options.admission(),
                options.api());
        ServedWeights held = ServedWeights.parse(weights);
        ModelSource source = ModelSource.of(model, base.folder());
        prompt.read();
        try (ServerLog opened = openLog(streams)) {
            serve(source, held, settings, streams);
        }
        return ExitCode.DONE;
    }

    private void serve(ModelSource source, ServedWeights held, ServeSettings settings, Streams streams) {
        String called = name != null ? name : model.toAbsolutePath().normalize().getFileName().toString();
        ModelAnswerer answerer = ModelAnswerer.start(called, settings.limits().queue(), settings.limits().together(),
                () -> ServedModel.of(prompt.before(BaseOption.open(source, held, streams))));
        WeftServer server = WeftServer.start(settings, answerer);
        try {
            answerer.awaitReady();
            streams.out().println(say("%s answers at %s; Ctrl-C ends", called, server.address()));
            prompt.told().ifPresent(streams.out()::println);
            if (logFile != null) {
                streams.out().println(say("its log is %s", logFile));
            }
            try (Signals signals = Signals.any(server::stop)) {
                server.runUntilStopped();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            server.close();
        }
    }

    /**
     * To the file that was asked for, which must be written; to the usual one where it can be, as in a container it
     * often cannot, and then to standard output.
     */
    private ServerLog openLog(Streams streams) {
        if ("-".equals(log)) {
            return ServerLog.to(streams.out());
        }
        logFile = log != null ? Path.of(log) : ServerLog.usualFile(port, System.getenv());
        try {
            return ServerLog.to(logFile);
        } catch (UserError e) {
            if (log != null) {
                throw e;
            }
            streams.err().println(say("weft: %s; it goes to standard output", e.getMessage()));
            logFile = null;
            return ServerLog.to(streams.out());
        }
    }
}
