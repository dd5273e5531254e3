package io.weft.app;

import io.weft.app.command.Commands;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.util.List;

/** The {@code weft} process: lets the command run, and turns what comes of it into a message and an exit code. */
public final class Main {
    private Main() {}

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
            return Commands.run(arguments, streams);
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
}
