package io.weft.app;

import io.weft.app.terminal.Streams;
import io.weft.problem.Language;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs the command in this process, as a shell would, and keeps what it printed. */
public final class Shell {
    /** What came of a command. */
    public record Result(int code, String out, String err) {}

    private Shell() {}

    public static Result weft(Object... arguments) { return typing("", arguments); }

    /** @param input what the user types */
    public static Result typing(String input, Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        Language before = Language.current();
        Language.use(Language.ENGLISH);
        try {
            var streams = new Streams(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8));
            int code = Main.run(List.of(arguments).stream().map(Object::toString).toList(), streams);
            return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            Language.use(before);
        }
    }
}
