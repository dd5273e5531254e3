package io.weft.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.app.option.BaseOption;
import io.weft.app.option.Bounds;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.PromptOption;
import io.weft.app.option.SamplingOptions;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.data.format.QuestionRow;
import io.weft.file.AtomicFile;
import io.weft.generate.Answer;
import io.weft.generate.Generator;
import io.weft.generate.Prompt;
import io.weft.generate.Sampling;
import io.weft.generate.TokenListener;
import io.weft.loaded.LoadedModel;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.token.answer.AnswerText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft generate}: answers a file of prompts, in its order. */
@Command(customSynopsis = "weft generate RUN_OR_MODEL --in FILE --out FILE [--prompt FILE]",
        footer = {"  @|bold weft generate runs/first --in prompts.jsonl --out answers.jsonl|@",
        "      ${bundle:weft.generate.example.plain}",
        "  @|bold weft generate runs/first --in prompts.jsonl --out answers.jsonl --greedy --max-tokens 64|@",
        "      ${bundle:weft.generate.example.greedy}"})
final class Generate implements Verb {
    /** What a model thought before its words; in rows of models that think. */
    private static final String REASONING = "reasoning_content";
    private static final Pattern LONE_SURROGATE = Pattern.compile("[\\ud800-\\udfff]");
    @Parameters(index = "0", paramLabel = "RUN_OR_MODEL", descriptionKey = "source") private Path model;
    @Option(names = "--in", paramLabel = "FILE", required = true) private Path from;
    @Option(names = "--out", paramLabel = "FILE", required = true) private Path to;
    @Option(names = "--batch", paramLabel = "N") private int batch = 8;
    @Mixin private SamplingOptions sampling;
    @Mixin private BaseOption base;
    @Mixin private PromptOption prompt;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        Sampling how = sampling.sampling();
        int together = Bounds.of("--batch", batch, 1, 256);
        if (Files.isDirectory(to) || to.toAbsolutePath().normalize().equals(from.toAbsolutePath().normalize())) {
            throw UserError.of(say("%s cannot be the file of the answers; choose another --out", to));
        }
        prompt.read();
        try (LoadedModel loaded = prompt.before(base.openGenerating(model, streams))) {
            List<QuestionRow> rows = QuestionRow.read(from, loaded.wording().style());
            rows.forEach(row -> row.oddity().ifPresent(streams.err()::println));
            Generator generator = loaded.generator();
            List<Prompt> prompts = prompts(rows, loaded, generator, how);
            AtomicFile.write(to, channel -> {
                for (int first = 0; first < rows.size(); first += together) {
                    int end = Math.min(rows.size(), first + together);
                    List<Answer> answers = generator.generate(prompts.subList(first, end), TokenListener.NONE);
                    var lines = new StringBuilder();
                    for (int i = first; i < end; i++) {
                        lines.append(answered(rows.get(i), answers.get(i - first), loaded)).append('\n');
                    }
                    AtomicFile.writeFully(channel, ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8)));
                    streams.err().println(say("answered %,d of %,d", end, rows.size()));
                }
            });
            streams.out().println(say("%,d answers in %s", rows.size(), to));
            return ExitCode.DONE;
        }
    }

    /** @throws UserError naming every row whose prompt the model cannot take */
    private static List<Prompt> prompts(List<QuestionRow> rows, LoadedModel loaded, Generator generator, Sampling how) {
        Problems problems = new Problems(rows.get(0).row().place().file());
        List<Prompt> prompts = new ArrayList<>();
        for (QuestionRow row : rows) {
            try {
                Prompt prompt = new Prompt(loaded.wording().encoder().encodePrompt(row.messages()), how,
                        row.row().number());
                generator.require(prompt);
                prompts.add(prompt);
            } catch (UserError e) {
                problems.add(row.row().place() + ": " + e.getMessage());
            }
        }
        problems.throwIfAny();
        return prompts;
    }

    private static String answered(QuestionRow row, Answer answer, LoadedModel loaded) {
        ObjectNode fields = new ObjectMapper().createObjectNode();
        fields.setAll(row.row().fields());
        AnswerText text = loaded.wording().encoder().answer(answer.ids());
        fields.remove(REASONING);
        if (!text.reasoning().isEmpty()) {
            fields.put(REASONING, text.reasoning());
        }
        fields.put("response", text.words()).put("tokens_generated", answer.generated())
                .put("finish_reason", answer.finish().word());
        // UTF-8 has nothing for half a character; JSON has
        return LONE_SURROGATE.matcher(fields.toString())
                .replaceAll(half -> String.format("\\\\u%04x", (int) half.group().charAt(0)));
    }
}
