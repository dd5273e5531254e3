package io.weft.app.command;

import io.weft.problem.Spelling;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import static io.weft.problem.Language.say;

/** A command line that picocli could not read, in words of both languages. */
public record UsageProblem(ParameterException cause, Collection<String> commands) {
    public String message() {
        String name = cause.getCommandLine().getCommandSpec().qualifiedName();
        return problem() + "\n" + say("  '%s --help' shows what it takes", name);
    }

    private String problem() {
        if (cause instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched.getUnmatched());
        }
        if (cause instanceof MissingParameterException missing) {
            return say("%s needs a value: %s", Argument.name(missing.getMissing().get(0)),
                    Argument.about(missing.getMissing().get(0)));
        }
        if (cause instanceof OverwrittenOptionException twice) {
            return say("%s is given twice; keep one", twice.getOverwritten().toString());
        }
        return cause.getMessage();
    }

    private String unmatched(List<String> words) {
        boolean program = cause.getCommandLine().getParent() == null;
        String first = words.get(0);
        Collection<String> known = first.startsWith("-")
                ? cause.getCommandLine().getCommandSpec().options().stream().map(option -> option.longestName())
                .collect(Collectors.toList()) : program ? commands : List.of();
        Optional<String> meant = Spelling.nearest(first, known);
        String guess = meant.map(word -> say("; did you mean %s?", word)).orElse("");
        if (first.startsWith("-")) {
            return say("%s: no such option%s", first, guess);
        }
        return program ? say("%s: no such command%s", first, guess) : say("%s: one argument too many", first);
    }
}
