package io.weft.app.command;

import io.weft.problem.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import static io.weft.problem.Language.say;

/** A command line that picocli could not read, in words of both languages. */
record UsageProblem(ParameterException cause, List<String> arguments) {
    String message() {
        return problem() + "\n" + say("  '%s --help' shows what it takes", line().getCommandSpec().qualifiedName());
    }

    private CommandLine line() { return cause.getCommandLine(); }

    private String problem() {
        // a misspelled option is the reason when what it stands for is missing
        if (cause instanceof UnmatchedArgumentException || !line().getUnmatchedArguments().isEmpty()) {
            return unmatched(line().getUnmatchedArguments().get(0));
        }
        if (cause instanceof MissingParameterException missing) {
            List<String> lines = new ArrayList<>();
            missing.getMissing().forEach(argument -> lines.add(isWritten(argument)
                    ? say("%s needs a value: %s", name(argument), about(argument))
                    : say("%s is missing: %s", name(argument), about(argument))));
            return String.join("\n", lines);
        }
        if (cause instanceof OverwrittenOptionException twice) {
            return say("%s is given twice; keep one", name(twice.getOverwritten()));
        }
        ArgSpec argument = cause.getArgSpec();
        if (argument == null || cause.getValue() == null) {
            return say("these words do not go together");
        }
        if (argument.isOption() && argument.arity().max() == 0) {
            return say("%s takes no value; leave '%s' out", name(argument), cause.getValue());
        }
        return say("%s: '%s'; expected %s", name(argument), cause.getValue(), expected(argument));
    }

    private String unmatched(String word) {
        boolean program = line().getParent() == null;
        Collection<String> known = word.startsWith("-")
                ? line().getCommandSpec().options().stream().map(OptionSpec::longestName).collect(Collectors.toList())
                : program ? line().getSubcommands().keySet() : List.of();
        String guess = Spelling.nearest(word, known).map(near -> say("; did you mean %s?", near)).orElse("");
        if (word.startsWith("-")) {
            return say("%s: no such option%s", word, guess);
        }
        return program ? say("%s: no such command%s", word, guess) : say("%s: one argument too many", word);
    }

    private boolean isWritten(ArgSpec argument) {
        return argument.isOption() && List.of(((OptionSpec) argument).names()).stream().anyMatch(arguments::contains);
    }

    /** As the user types it: {@code --model DIR} or {@code RUN}. */
    private static String name(ArgSpec argument) {
        String label = argument.arity().max() == 0 ? "" : argument.paramLabel();
        return argument.isOption() ? (((OptionSpec) argument).longestName() + " " + label).strip() : label;
    }

    private static String about(ArgSpec argument) { return String.join(" ", argument.description()); }

    private static String expected(ArgSpec argument) {
        Class<?> type = argument.type();
        return type == double.class ? say("a number")
                : type == int.class || type == long.class || type == Integer.class ? say("a whole number")
                : say("a file or folder name");
    }
}
