package io.weft.app.command;

import io.weft.app.doctor.Version;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.PropertyResourceBundle;
import java.util.ResourceBundle;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine;

/** {@code weft} itself: finds the command that is meant, and lets it run. */
public final class Commands {
    static final List<String> EXAMPLES = List.of("  @|bold weft quickstart|@",
            "      ${bundle:weft.example.quickstart}", "  @|bold weft COMMAND --help|@",
            "      ${bundle:weft.example.help}");
    /** Every command, in the order in which the help lists them. */
    private static final List<Entry> BUILT_IN = List.of(new Entry("quickstart", Quickstart::new),
            new Entry("doctor", Doctor::new), new Entry("init", Init::new), new Entry("pull", Pull::new),
            new Entry("prepare", Prepare::new), new Entry("show", Show::new), new Entry("range-test", FindRate::new),
            new Entry("estimate", EstimateRun::new), new Entry("train", Train::new),
            new Entry("resume", Resume::new), new Entry("evaluate", Evaluate::new),
            new Entry("compare", Compare::new), new Entry("rate", Rate::new), new Entry("diagnose", Diagnose::new),
            new Entry("generate", Generate::new),
            new Entry("prompt", SearchPrompt::new), new Entry("chat", Chat::new), new Entry("serve", Serve::new),
            new Entry("export", ExportModel::new));

    private record Entry(String name, Supplier<Verb> making) {}

    private Commands() {}

    /** The names of all commands. */
    public static List<String> names() { return BUILT_IN.stream().map(Entry::name).toList(); }

    /**
     * What picocli parses and prints help from, in the language of the process. Reading the annotations of all commands
     * takes a third of the time of {@code weft --help}, so they are read where the words name a command only; of the
     * others it knows the name and one line, and {@code weft} itself has none.
     */
    static CommandLine line(Collection<String> words) {
        CommandLine line = new CommandLine(program());
        BUILT_IN.forEach(entry -> line.addSubcommand(entry.name, words.contains(entry.name)
                ? new CommandLine(entry.making.get()) : new CommandLine(CommandSpec.create())));
        line.registerConverter(Path.class, Commands::path);
        line.setExpandAtFiles(false);
        line.setResourceBundle(texts(Language.current()));
        return line;
    }

    /** Runs one command. @return the exit code  @throws UserError for the user's mistakes, those of usage too */
    public static int run(List<String> arguments, Streams streams) {
        try {
            ParseResult parsed = line(arguments).parseArgs(arguments.toArray(String[]::new));
            ParseResult chosen = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
            if (parsed.hasMatchedOption("--version")) {
                streams.out().println("weft " + Version.text());
            } else if (chosen == parsed || chosen.isUsageHelpRequested()) {
                chosen.commandSpec().commandLine().usage(streams.out());
            } else {
                return ((Verb) chosen.commandSpec().userObject()).run(streams);
            }
            return ExitCode.DONE;
        } catch (ParameterException e) {
            throw UserError.of(new UsageProblem(e, arguments).message(), e);
        }
    }

    /** An empty word, as a shell makes of a variable that is not set, is not the current directory. */
    private static Path path(String word) {
        if (word.isBlank()) {
            throw new TypeConversionException("empty");   // UsageProblem says it
        }
        return Path.of(word);
    }

    private static CommandSpec program() {
        CommandSpec program = CommandSpec.create().name("weft").addOption(flag("--version").build())
                .addOption(flag("-h", "--help").usageHelp(true).build())
                .addOption(OptionSpec.builder("--lang").paramLabel("en|zh").type(String.class).build());
        program.usageMessage().sortOptions(false).width(100).autoWidth(true).footer(EXAMPLES.toArray(String[]::new));
        return program;
    }

    private static OptionSpec.Builder flag(String... names) {
        return OptionSpec.builder(names).arity("0").type(boolean.class);
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
