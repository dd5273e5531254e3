package io.weft.app.command;

import io.weft.problem.UserError;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

import static io.weft.problem.Language.say;

/** An option or a place of a command line, and what was given for it. */
final class Argument<T> {
    private final ArgSpec spec;
    private final Function<String, T> reading;

    /** @param reading makes a value of the text; an {@link IllegalArgumentException} says what was expected */
    Argument(ArgSpec spec, Function<String, T> reading) {
        this.spec = spec;
        this.reading = reading;
    }

    /** What was given. @throws UserError when it cannot be read */
    Optional<T> given() {
        String text = spec.getValue();
        try {
            return Optional.ofNullable(text).map(reading);
        } catch (IllegalArgumentException e) {
            throw UserError.of(say("%s: '%s'; expected %s", name(spec), text, e.getMessage()), e);
        }
    }

    /** What was given. @throws UserError when nothing was */
    T required() {
        return given().orElseThrow(() -> UserError.of(say("%s is missing: %s", name(spec), about(spec))));
    }

    /** As the user types it: {@code --model DIR} or {@code RUN}. */
    static String name(ArgSpec spec) {
        return spec.isOption() ? ((OptionSpec) spec).longestName() + " " + spec.paramLabel() : spec.paramLabel();
    }

    /** What it is for, with its percent signs as they were written. */
    static String about(ArgSpec spec) { return String.join(" ", spec.description()).replace("%%", "%"); }
}
