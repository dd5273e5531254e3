package io.weft.app.command;

import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.PropertyResourceBundle;
import java.util.ResourceBundle;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code weft} itself: finds the command that is meant, and lets it run. */
@Command(name = "weft", footer = {"  @|bold weft quickstart|@", "      ${bundle:weft.example.quickstart}",
        "  @|bold weft COMMAND --help|@", "      ${bundle:weft.example.help}"})
public final class Commands implements Verb {
    /** Every command, in the order in which the help lists them. */
    private static final List<Supplier<Verb>> BUILT_IN = List.of(Quickstart::new, Doctor::new, Init::new, Pull::new,
            Show::new, Train::new, Resume::new, Evaluate::new, Generate::new, Chat::new, Serve::new, ExportModel::new);

    @Option(names = "--version") private boolean version;
    @Mixin private HelpOptions help;

    private Commands() {}

    /** What picocli parses and prints help from, in the language of the process. */
    public static CommandLine line() {
        CommandLine line = new CommandLine(new Commands());
        BUILT_IN.forEach(command -> line.addSubcommand(command.get()));
        line.setExpandAtFiles(false);
        line.setResourceBundle(texts(Language.current()));
        return line;
    }

    /** Runs one command. @return the exit code  @throws UserError for the user's mistakes, those of usage too */
    public static int run(List<String> arguments, Streams streams) {
        CommandLine line = line();
        try {
            ParseResult parsed = line.parseArgs(arguments.toArray(String[]::new));
            CommandLine chosen = (parsed.hasSubcommand() ? parsed.subcommand() : parsed).commandSpec().commandLine();
            if (chosen.isUsageHelpRequested()) {
                chosen.usage(streams.out());
                return ExitCode.DONE;
            }
            return chosen.<Verb>getCommand().run(streams);
        } catch (ParameterException e) {
            throw UserError.of(new UsageProblem(e, arguments).message(), e);
        }
    }

    /** {@code weft} without a command. */
    @Override public int run(Streams streams) {
        if (version) {
            streams.out().println("weft " + Version.text());
        } else {
            line().usage(streams.out());
        }
        return ExitCode.DONE;
    }

    /** The texts of commands, options and examples, in UTF-8; other messages are {@link Language}'s. */
    static ResourceBundle texts(Language language) {
        String file = language == Language.CHINESE ? "Help_zh.properties" : "Help.properties";
        try (var in = new InputStreamReader(Commands.class.getResourceAsStream(file), StandardCharsets.UTF_8)) {
            return new PropertyResourceBundle(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
