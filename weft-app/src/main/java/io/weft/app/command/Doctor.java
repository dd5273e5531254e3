package io.weft.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.app.doctor.Examination;
import io.weft.app.doctor.Finding;
import io.weft.app.doctor.Version;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.terminal.AnsiStyle;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.Streams;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import static io.weft.problem.Language.say;

/** {@code weft doctor}: whether this machine can do the work, and what to do where it cannot. */
@Command(customSynopsis = "weft doctor [--model DIR]",
        footer = {"  @|bold weft doctor|@", "      ${bundle:weft.doctor.example.plain}",
        "  @|bold weft doctor --model models/qwen3-0.6b --json|@", "      ${bundle:weft.doctor.example.script}"})
final class Doctor implements Verb {
    @Mixin private JsonOption json;
    @Option(names = "--model", paramLabel = "DIR") private Path model;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        List<Finding> findings = Examination.run(Optional.ofNullable(model));
        boolean failed = findings.stream().anyMatch(finding -> finding.verdict() == Finding.Verdict.FAIL);
        if (json.isAsked()) {
            streams.out().println(json(findings, !failed));
        } else {
            findings.forEach(finding -> print(finding, streams.out()));
            streams.out().println();
            streams.out().println(failed ? say("Something must be mended before Weft can work here.")
                    : say("Weft can work here."));
        }
        return failed ? ExitCode.USER : ExitCode.DONE;
    }

    /** In one line what is well, in lines of their own what is not. */
    static void summarise(List<Finding> findings, PrintStream to) {
        to.println(mark(Finding.Verdict.OK) + "  " + findings.stream()
                .filter(finding -> finding.verdict() == Finding.Verdict.OK).map(Finding::title)
                .collect(Collectors.joining(", ")));
        findings.stream().filter(finding -> finding.verdict() != Finding.Verdict.OK)
                .forEach(finding -> print(finding, to));
    }

    private static String mark(Finding.Verdict verdict) {
        return switch (verdict) {
            case OK -> AnsiStyle.GOOD.on(" ok ");
            case WARN -> AnsiStyle.DOUBTFUL.on("warn");
            case FAIL -> AnsiStyle.BAD.on("FAIL");
        };
    }

    private static void print(Finding finding, PrintStream to) {
        to.print(mark(finding.verdict()) + "  ");
        new LabelledLines(to).line(finding.title(), " ".repeat(3) + finding.found());
        if (!finding.remedy().isEmpty()) {
            to.print("      ");
            new LabelledLines(to).line("", " ".repeat(3) + "-> " + finding.remedy());
        }
    }

    private static String json(List<Finding> findings, boolean works) {
        ObjectNode root = new ObjectMapper().createObjectNode().put("formatVersion", 1).put("works", works)
                .put("version", Version.text());
        ArrayNode checks = root.putArray("checks");
        findings.forEach(finding -> checks.addObject().put("name", finding.name())
                .put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT)).put("found", finding.found())
                .put("remedy", finding.remedy()));
        return root.toString();
    }
}
