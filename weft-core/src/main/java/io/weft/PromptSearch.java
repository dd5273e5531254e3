package io.weft;

import io.weft.data.Conversation;
import io.weft.data.OverLength;
import io.weft.data.Sample;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.evaluate.Progress;
import io.weft.file.Folders;
import io.weft.file.Sha256;
import io.weft.generate.Generator;
import io.weft.loaded.FolderNotes;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.model.folder.FrozenWeights;
import io.weft.model.folder.ModelFolder;
import io.weft.problem.UserError;
import io.weft.prompt.Search;
import io.weft.prompt.SearchListener;
import io.weft.prompt.SearchResult;
import io.weft.prompt.SearchSettings;
import io.weft.recipe.Recipe;
import io.weft.run.WarningText;
import io.weft.tensor.Scope;
import io.weft.token.encode.PromptFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import static io.weft.problem.Language.say;

/**
 * Searches a plain text for a frozen model, on the training rows of a file that is split as training splits it. The
 * folder gets the rows (data/), the log (search.jsonl), and at the end the text (prompt.txt) and all about it
 * (search.json). The same call on a folder whose search was interrupted goes on with it.
 */
public final class PromptSearch {
    private final Recipe recipe;
    private final SearchSettings settings;
    private final List<String> instructions;
    private final Path folder;

    /**
     * @param recipe       names model and data; the rest of it says nothing here
     * @param instructions to choose from, beside the model's own proposals
     * @param folder       new, empty, or of the same search
     */
    public PromptSearch(Recipe recipe, SearchSettings settings, List<String> instructions, Path folder) {
        this.recipe = recipe;
        this.settings = settings;
        this.instructions = List.copyOf(instructions);
        this.folder = folder;
    }

    /** Follows a search. */
    public interface Listener extends SearchListener, Progress {
        /** Something that a user should know before it begins. */
        default void note(String sentence) {}

        @Override default void at(int answered, int rows, long tokens) {}
    }

    /** The instructions of a file, one a line. @throws UserError when it cannot be read or holds none */
    public static List<String> instructions(Path file) {
        try {
            List<String> lines = Files.readString(file, StandardCharsets.UTF_8).lines().map(String::strip)
                    .filter(line -> !line.isEmpty()).distinct().toList();
            if (lines.isEmpty()) {
                throw UserError.of(say("%s holds no instruction; write one a line", file));
            }
            return lines;
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read as UTF-8 text: give a file with one instruction a line", file),
                    e);
        }
    }

    /**
     * @throws UserError when the model is no whole folder or has no tokenizer, the rows have no answers, the budget is
     *     too small, or the folder holds another search; all before a weight is read
     */
    public SearchResult run(Listener listener) {
        ModelFolder model = ModelSource.whole(recipe.model());
        if (model.readout().isOfRows()) {
            throw UserError.of(say("%s reads whole rows and says no text, so no text before them can be searched by "
                    + "its answers; take a model that answers", recipe.model()));
        }
        DataSettings data = style(model);
        PromptFormat format = LoadedModel.promptFormat(model, data.prompt().orElseThrow(), whole(model, data));
        boolean begun = Files.exists(folder.resolve("data")), existed = Files.exists(folder);
        try {
            return run(model, data, format, listener);
        } catch (UserError e) {
            if (!begun && !Files.exists(folder.resolve(SearchResult.LOG))) {
                clear(existed);
            }
            throw e;
        } finally {
            format.tokenizer().close();
        }
    }

    /** A search that was refused leaves nothing behind. */
    private void clear(boolean existed) {
        try {
            Folders.delete(folder.resolve("data"));
            if (!existed) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException ignored) {
            // the refusal itself is the one to report
        }
    }

    private SearchResult run(ModelFolder model, DataSettings data, PromptFormat format, Listener listener) {
        PreparedData prepared = prepared(data);
        if (prepared.kind() != Conversation.class) {
            throw UserError.of(say("%s: its rows are %s (format %s); a prompt is searched for rows that are asked "
                    + "something and answered", data.train(), Sample.plural(prepared.kind()),
                    prepared.manifest().settings().format()));
        }
        try (PreparedRows train = prepared.train(); PreparedRows heldOut = prepared.heldOut()) {
            Search search = new Search(settings, instructions, format, train, heldOut);
            notes(search, train.size(), heldOut.size(), model, format, listener::note);
            return Scope.value(() -> search.run(() -> model.load(FrozenWeights.AUTO.of(model)),
                    loaded -> new Generator(loaded, LoadedModel.contextLength(model), format.encoder().ending(),
                    format.tokenizer()), folder, given(data, prepared), model::seal, listener, listener));
        }
    }

    private void notes(Search search, int train, int heldOut, ModelFolder model, PromptFormat format,
            Consumer<String> told) {
        FolderNotes.of(model).forEach(note -> told.accept(WarningText.of(note)));
        format.tokenizer().notes().forEach(note -> told.accept(note.toString()));
        told.accept(say("%,d training rows: %,d to judge prompts by, %,d that may be shown; %,d held out; "
                + "prompts as %s", train, search.judgedRows(), search.shownRows(), heldOut, format.style().word()));
        if (search.leftOut(train) > 0) {
            told.accept(say("%,d training rows are longer than the model's context and are left out",
                    search.leftOut(train)));
        }
        if (heldOut == 0) {
            told.accept(say("no row is held out (data.heldOut), so there will be no table"));
        }
    }

    /** As the model's folder is spoken to when it is served, where nothing else was asked for. */
    private DataSettings style(ModelFolder model) {
        DataSettings asked = recipe.data();
        return asked.withPrompt(asked.prompt().orElseGet(() -> LoadedModel.usualStyle(model)));
    }

    /** Nothing is cut in a search: what does not fit into the context is left out, and told. */
    private static DataSettings whole(ModelFolder model, DataSettings data) {
        return data.withMaxLength(LoadedModel.contextLength(model)).withOverLength(OverLength.DROP);
    }

    private PreparedData prepared(DataSettings data) {
        refuseOther();
        if (Files.exists(folder.resolve("data"))) {
            PreparedData found = PreparedData.open(folder.resolve("data"));
            return Files.exists(folder.resolve(SearchResult.LOG)) ? found : RunData.same(recipe, found);
        }
        return Preparation.prepare(data, recipe.train().seed(), folder, Conversation.class::equals);
    }

    private void refuseOther() {
        if (Files.isDirectory(folder) && !Files.exists(folder.resolve("data"))
                && !Files.exists(folder.resolve("data.partial"))) {
            try (var files = Files.list(folder)) {
                if (files.findAny().isPresent()) {
                    throw UserError.of(say("%s is neither empty nor a search of a prompt; choose another --out",
                            folder));
                }
            } catch (IOException e) {
                throw UserError.of(say("%s cannot be read: %s", folder, e.getMessage()), e);
            }
        }
        if (Files.exists(folder.resolve("recipe.yaml"))) {
            throw UserError.of(say("%s is neither empty nor a search of a prompt; choose another --out", folder));
        }
    }

    /** Everything that decides, by the names that a user knows. */
    private Map<String, String> given(DataSettings data, PreparedData prepared) {
        Map<String, String> given = new TreeMap<>();
        given.put("--method", settings.method().word());
        given.put("--budget", String.valueOf(settings.budget()));
        given.put("--length", String.valueOf(settings.length()));
        given.put("--shots", String.valueOf(settings.shots()));
        given.put("--proposals", String.valueOf(settings.proposals()));
        given.put("--seed", String.valueOf(settings.seed()));
        given.put("--rows", String.valueOf(settings.rows()));
        given.put("--instructions", String.join(" | ", instructions));
        given.put("--data (SHA-256)", prepared.manifest().source().sha256().substring(0, 16));
        given.put("data.format", data.format());
        given.put("data.rows", data.rows().isPresent() ? String.valueOf(data.rows().getAsInt()) : "all");
        given.put("data.heldOut", data.heldOut());
        given.put("data.prompt", data.prompt().orElseThrow().word());
        given.put("data.border", data.encoding().border().word());
        given.put("train.seed", String.valueOf(prepared.manifest().seed()));
        return given;
    }
}
