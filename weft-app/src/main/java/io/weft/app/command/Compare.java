package io.weft.app.command;

import io.weft.app.option.Bounds;
import io.weft.app.option.HelpOptions;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.RoundLines;
import io.weft.app.terminal.Streams;
import io.weft.compare.Round;
import io.weft.compare.RoundPage;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft compare}: what a round brought, row by row. */
@Command(customSynopsis = "weft compare RUN_BEFORE RUN_AFTER [--samples N]",
        footer = {"  @|bold weft compare runs/first runs/second|@", "      ${bundle:weft.compare.example.plain}"})
final class Compare implements Verb {
    @Parameters(index = "0", paramLabel = "RUN_BEFORE", descriptionKey = "before") private Path before;
    @Parameters(index = "1", paramLabel = "RUN_AFTER", descriptionKey = "after") private Path after;
    @Option(names = "--samples", paramLabel = "N") private int samples = 3;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        int shown = Bounds.of("--samples", samples, 0, 1000);
        Round round = Round.of(before, after);
        streams.out().print(new RoundLines(round, 120).text(shown));
        new LabelledLines(streams.out()).line(say("report"), RoundPage.write(round).toString());
        return ExitCode.DONE;
    }
}
