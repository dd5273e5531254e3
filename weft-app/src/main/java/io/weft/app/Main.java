package io.weft.app;

import io.weft.app.command.Command;
import io.weft.app.command.Commands;
import io.weft.app.command.ExitCode;
import io.weft.app.command.Syntax;
import io.weft.app.command.UnexpectedError;
import io.weft.app.command.UsageProblem;
import io.weft.app.command.Version;
import io.weft.app.terminal.Streams;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

import static io.weft.problem.Language.say;

/**
 * The {@code weft} command: finds the command that is meant, lets it run, and turns what comes of it into a message and
 * an exit code.
 */
public final class Main {
    private final Streams streams;
    private final Map<String, Command> commands = new LinkedHashMap<>();
    private final BooleanSupplier version;
    private final CommandLine line;

    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        var streams = Streams.ofProcess();
        int code = run(List.of(arguments), streams);
        streams.out().flush();
        streams.err().flush();
        // an orderly exit would tear libtorch down, perhaps beneath a thread that still computes
        Runtime.getRuntime().halt(code);
    }

    /** Runs one command. @return the exit code */
    static int run(List<String> arguments, Streams streams) {
        try {
            language(arguments);
            return new Main(streams).run(arguments);
        } catch (UserError e) {
            streams.err().println("weft: " + e.getMessage());
            return ExitCode.USER;
        } catch (RuntimeException | Error e) {
            return new UnexpectedError(e).report(streams.err());
        }
    }

    /** Every text is said in the language, help and problems too, so it is found before anything else is. */
    private static void language(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--lang") && i + 1 < arguments.size()) {
                Language.use(Language.of(arguments.get(i + 1)));
            } else if (argument.startsWith("--lang=")) {
                Language.use(Language.of(argument.substring("--lang=".length())));
            }
        }
    }

    private Main(Streams streams) {
        this.streams = streams;
        Syntax program =
                Syntax.ofProgram(say("Weft fine-tunes large language models, from raw data to a served assistant."))
                .example("weft quickstart",
                say("prepares data, trains, compares before and after; two minutes, no network"))
                .example("weft COMMAND --help", say("shows what a command takes, with examples"));
        version = program.flag("--version", say("shows the version"));
        line = new CommandLine(program.spec()).setExpandAtFiles(false).setInterpolateVariables(false);
        line.getCommandSpec().usageMessage().commandListHeading(say("%nCommands:%n"));
        for (Command command : Commands.all()) {
            var spec = command.syntax().spec();
            commands.put(spec.name(), command);
            line.addSubcommand(spec.name(), new CommandLine(spec));
        }
        line.setExpandAtFiles(false).setInterpolateVariables(false);
    }

    private int run(List<String> arguments) {
        ParseResult parsed;
        try {
            parsed = line.parseArgs(arguments.toArray(String[]::new));
        } catch (ParameterException e) {
            throw UserError.of(new UsageProblem(e, commands.keySet()).message(), e);
        }
        if (version.getAsBoolean()) {
            streams.out().println("weft " + Version.text());
            return ExitCode.DONE;
        }
        ParseResult chosen = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        if (chosen.isUsageHelpRequested() || chosen == parsed) {
            chosen.commandSpec().commandLine().usage(streams.out());
            return ExitCode.DONE;
        }
        return commands.get(chosen.commandSpec().name()).run(streams);
    }
}
