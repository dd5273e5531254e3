package io.weft.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.app.option.BaseOption;
import io.weft.app.option.Bounds;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.option.RecipeArguments;
import io.weft.app.terminal.AnsiStyle;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.ShownExample;
import io.weft.app.terminal.Streams;
import io.weft.data.ExampleGroup;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.prepare.CleanRows;
import io.weft.data.prepare.DataSettings;
import io.weft.data.read.Rejected;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.model.folder.ModelFolder;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import io.weft.token.encode.BorderCounts;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.encode.PromptFormat;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft show}: what exactly a model would learn of a file, before it is paid for. */
@Command(customSynopsis = "weft show FILE --model DIR [--rows N] [key=value ...]",
        footer = {"  @|bold weft show alpaca.json --model models/qwen3-0.6b|@",
        "      ${bundle:weft.show.example.plain}",
        "  @|bold weft show chats.jsonl --model models/qwen3-0.6b --rows 10 data.prompt=template|@",
        "      ${bundle:weft.show.example.template}"})
final class Show implements Verb {
    @Mixin private JsonOption json;
    @Parameters(index = "0", paramLabel = "FILE", descriptionKey = "file") private Path file;
    @Option(names = "--model", paramLabel = "DIR", required = true) private Path model;
    @Option(names = "--rows", paramLabel = "N") private int rows = 3;
    @Parameters(index = "1..*", paramLabel = "key=value", descriptionKey = "settings")
    private List<String> settings = new ArrayList<>();
    @Mixin private BaseOption below;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        ModelSource source = ModelSource.of(model, below.folder());
        source.notes().forEach(streams.err()::println);
        RecipeArguments given = new RecipeArguments(Optional.empty(), settings)
                .with("model", Optional.of(source.folder().path())).with("data.train", Optional.of(file));
        Recipe recipe = RecipeReader.read(Optional.empty(), given.settings(), List.of(), new ModelAndData());
        int most = Bounds.of("--rows", rows, 1, 10_000);
        // a label is a class where the objective learns classes, and else the mark of a good or a bad answer
        boolean classes = recipe.train().objective().eats().contains(Labelled.class);
        Preview preview = Preview.of(file, recipe.data(), most,
                kind -> kind != (classes ? Judged.class : Labelled.class));
        ModelFolder base = source.folder();
        PromptStyle style = preview.style();
        int length = recipe.data().within(base.config().contextLength()).maxLength();
        PromptFormat used = PromptFormat.of(base.texts().tokenizer(), base.texts().template(),
                LoadedModel.bounds(base.config()), style, length, recipe.data().overLength(),
                recipe.data().encoding()).labelled(preview.labels());
        PromptFormat whole = PromptFormat.of(base.texts().tokenizer(), base.texts().template(),
                LoadedModel.bounds(base.config()), style, Integer.MAX_VALUE, OverLength.CUT,
                recipe.data().encoding()).labelled(preview.labels());
        used.tokenizer().notes().forEach(streams.err()::println);
        List<ShownExample> examples = new ArrayList<>();
        try (var tokenizer = used.tokenizer(); var second = whole.tokenizer()) {
            for (Sample sample : preview.kept()) {
                List<ExampleGroup> documents = whole.encoder().encode(sample);
                if (!documents.isEmpty()) {                          // else it is set aside
                    examples.addAll(ShownExample.of(sample, used.encoder().encode(sample), documents.get(0),
                            tokenizer));
                }
            }
        }
        if (json.isAsked()) {
            streams.out().println(json(examples, whole.encoder(), style, length));
        } else {
            print(examples, preview.kept().size(), style, length, streams.out());
            preview.rejected().forEach(rejected -> streams.out().println(say("rejected: %s", rejected)));
            whole.encoder().setAside().forEach(row -> streams.out().println(say("set aside: %s", row)));
            String borders = whole.encoder().report().borders().toString();
            if (!borders.isEmpty()) {
                streams.out().println(borders);
            }
        }
        return ExitCode.DONE;
    }

    private static void print(List<ShownExample> examples, int rows, PromptStyle style, int maxLength,
            PrintStream to) {
        examples.forEach(example -> example.print(to));
        String legend = AnsiStyle.flows() ? AnsiStyle.TRAINED.on(say("learned"))
                : ShownExample.OPEN + say("learned") + ShownExample.CLOSE;
        to.println(say("%d rows, prompts as %s, at most %,d tokens; %s, the rest is only read", rows,
                style.word(), maxLength, legend));
    }

    private static String json(List<ShownExample> examples, ConversationEncoder encoder, PromptStyle style,
            int maxLength) {
        ObjectNode root = new ObjectMapper().createObjectNode().put("formatVersion", 1).put("prompt", style.word())
                .put("maxLength", maxLength);
        ArrayNode rows = root.putArray("rows");
        examples.forEach(example -> rows.add(example.json()));
        BorderCounts borders = encoder.report().borders();
        root.putObject("borders").put("moved", borders.moved()).put("joined", borders.joined())
                .put("skippedAnswers", borders.skipped());
        ArrayNode setAside = root.putArray("setAside");
        encoder.setAside().forEach(row -> setAside.addObject().put("file", row.place().file())
                .put("line", row.place().line()).put("detail", row.why()));
        return root.toString();
    }

    /** The first rows of a file. @param style that of the settings, or where they leave it open the format's */
    private record Preview(List<Sample> kept, List<Rejected> rejected, PromptStyle style) {
        /** The labels of these rows. */
        List<String> labels() {
            return kept.stream().filter(Labelled.class::isInstance).map(row -> ((Labelled) row).label()).distinct()
                    .sorted().toList();
        }

        static Preview of(Path source, DataSettings settings, int rows, Predicate<Class<? extends Sample>> wanted) {
            List<Sample> kept = new ArrayList<>();
            List<Rejected> rejected = new ArrayList<>();
            try (CleanRows read = CleanRows.open(source, settings, wanted, OptionalInt.of(rows))) {
                read.forEachRemaining(row -> {
                    row.taken().ifPresent(taken -> kept.add(taken.sample()));
                    row.rejected().ifPresent(rejected::add);
                });
                return new Preview(kept, rejected, read.style());
            }
        }
    }
}
