package io.weft.app.command;

import io.weft.app.option.BaseOption;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.PromptOption;
import io.weft.app.option.SamplingOptions;
import io.weft.app.terminal.ChatSession;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.loaded.LoadedModel;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code weft chat}: talks with a model in the terminal. */
@Command(customSynopsis = "weft chat RUN_OR_MODEL [--prompt FILE]",
        footer = {"  @|bold weft chat runs/first|@", "      ${bundle:weft.chat.example.plain}"})
final class Chat implements Verb {
    @Parameters(index = "0", paramLabel = "RUN_OR_MODEL", descriptionKey = "source") private Path source;
    @Mixin private SamplingOptions sampling;
    @Mixin private BaseOption base;
    @Mixin private PromptOption prompt;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        var how = sampling.sampling();
        prompt.read();
        try (LoadedModel loaded = prompt.before(base.openGenerating(source, streams)); var talk =
                new ChatSession(loaded, how, streams)) {
            talk.run();
            return ExitCode.DONE;
        }
    }
}
