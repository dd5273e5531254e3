package io.weft.app.command;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import static io.weft.problem.Language.say;

/** What a command is called, what it takes, and its help: the one place that each word stands in. */
public final class Syntax {
    private final CommandSpec spec;
    private final List<String> examples = new ArrayList<>();
    private final BooleanSupplier json;

    private Syntax(String name, String about, String synopsis, boolean takesJson) {
        spec = CommandSpec.create().name(name);
        spec.usageMessage().description(literal(about)).customSynopsis(literal(synopsis))
                .synopsisHeading(say("Usage: ")).parameterListHeading(say("%nArguments:%n"))
                .optionListHeading(say("%nOptions:%n"))
                .sortOptions(false).sortSynopsis(false).width(100).autoWidth(true);
        json = takesJson
                ? flag("--json", say("prints the result as JSON on standard output, everything else on standard error"))
                : () -> false;
    }

    /** @param synopsis how it is called, after its name  @param about one line */
    static Syntax of(String name, String synopsis, String about) {
        return new Syntax(name, about, "weft " + name + " " + synopsis, false);
    }

    /** Of a command whose result scripts can read by {@code --json}. */
    static Syntax withJson(String name, String synopsis, String about) {
        return new Syntax(name, about, "weft " + name + " " + synopsis, true);
    }

    /** The syntax of {@code weft} itself. */
    public static Syntax ofProgram(String about) {
        return new Syntax("weft", about, say("weft COMMAND [arguments]"), false);
    }

    /** Whether {@code --json} was given. */
    boolean json() { return json.getAsBoolean(); }

    Argument<String> text(String name, String label, String about) {
        return option(name, label, about, Function.identity());
    }

    Argument<Path> path(String name, String label, String about) { return option(name, label, about, Syntax::path); }

    Argument<Integer> number(String name, String label, String about) {
        return option(name, label, about, Syntax::number);
    }

    Argument<Double> real(String name, String label, String about) { return option(name, label, about, Syntax::real); }

    /** An option without a value. */
    public BooleanSupplier flag(String name, String about) {
        OptionSpec option = OptionSpec.builder(name).arity("0").type(boolean.class).description(literal(about)).build();
        spec.addOption(option);
        return () -> option.getValue() != null && option.<Boolean>getValue();
    }

    private <T> Argument<T> option(String name, String label, String about, Function<String, T> reading) {
        OptionSpec option = OptionSpec.builder(name).paramLabel(label).arity("1").type(String.class)
                .description(literal(about)).build();
        spec.addOption(option);
        return new Argument<>(option, reading);
    }

    /** What stands at the next place: a file or folder. */
    Argument<Path> place(String label, String about) { return place(label, about, Syntax::path); }

    /** What stands at the next place: a word. */
    Argument<String> word(String label, String about) { return place(label, about, Function.identity()); }

    private <T> Argument<T> place(String label, String about, Function<String, T> reading) {
        PositionalParamSpec place = PositionalParamSpec.builder()
                .index(Integer.toString(spec.positionalParameters().size())).paramLabel(label).arity("0..1")
                .type(String.class)
                .description(literal(about)).build();
        spec.addPositional(place);
        return new Argument<>(place, reading);
    }

    /** Everything from the next place on. */
    Supplier<List<String>> rest(String label, String about) {
        PositionalParamSpec rest = PositionalParamSpec.builder().index(spec.positionalParameters().size() + "..*")
                .paramLabel(label).arity("0..*").type(List.class).auxiliaryTypes(String.class)
                .description(literal(about)).build();
        spec.addPositional(rest);
        return () -> rest.getValue() == null ? List.of() : List.copyOf(rest.<List<String>>getValue());
    }

    /** A line of the examples that end the help. */
    public Syntax example(String line, String about) {
        examples.add("  @|bold " + line + "|@");
        examples.add("      " + about);
        return this;
    }

    /** Not listed in the help of {@code weft}. */
    Syntax hidden() {
        spec.usageMessage().hidden(true);
        return this;
    }

    /** What picocli parses and prints help from. */
    public CommandSpec spec() {
        spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).type(boolean.class)
                .description(literal(say("shows this help"))).build());
        // Only listed here: Main has read it before there was a text to say in it.
        spec.addOption(OptionSpec.builder("--lang").paramLabel("en|zh").arity("1").type(String.class)
                .description(literal(say("language of all texts; the system's by default"))).build());
        if (!examples.isEmpty()) {
            spec.usageMessage().footerHeading(say("%nExamples:%n"))
                    .footer(examples.stream().map(line -> line.replace("%", "%%")).toArray(String[]::new));
        }
        return spec;
    }

    /** Text in which picocli is to find no format specifiers. */
    private static String literal(String text) { return text.replace("%", "%%"); }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(say("a file or folder name (%s)", e.getReason()), e);
        }
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(say("a whole number"), e);
        }
    }

    private static double real(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(say("a number"), e);
        }
    }
}
