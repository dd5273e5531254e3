package io.weft.loaded;

import io.weft.data.EncodingSettings;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.PreparedData;
import io.weft.export.Export;
import io.weft.export.Exporter;
import io.weft.generate.Generator;
import io.weft.generate.RowReader;
import io.weft.generate.Sampling;
import io.weft.generate.Verdict;
import io.weft.model.HfConfig;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunFolder;
import io.weft.run.WarningText;
import io.weft.tensor.DType;
import io.weft.token.ChatForms;
import io.weft.token.Tokenizer;
import io.weft.token.answer.Ending;
import io.weft.token.encode.HardPrompt;
import io.weft.token.encode.PromptFormat;
import io.weft.tune.AdapterFolder;
import io.weft.tune.Tuning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * A model ready to answer, from whatever a user names: a run (its best adapter on its base, or its tuned model), an
 * adapter folder, or a Hugging Face folder. It is spoken to as it was tuned. Owns native memory; belongs to the thread
 * that made it.
 *
 * @param source  the folder that the user named
 * @param folder  the Hugging Face folder that the weights come from: the base, below an adapter
 * @param adapter settings of the attached adapter, when there is one
 * @param run     the run, when a run was named
 * @param works   which of the adapters that are attached to the model works
 * @param notes   what is worth knowing about the files that were read, line by line
 */
public record LoadedModel(Path source, ModelFolder folder, CausalLm model, PromptFormat wording,
        Optional<Tuning> adapter, Optional<RunFolder> run, Adapters works, List<String> notes)
        implements AutoCloseable {
    /** Longest prompt where a model's config.json names no context length. */
    private static final int DEFAULT_CONTEXT = 4096;
    /** What an exported model is compared on: both languages, numbers and code. */
    private static final List<String> PROBES = List.of("Explain in two sentences why the sky is blue.",
            "请用两句话解释天空为什么是蓝色的。", "def add(a, b):\n    return a + b  # 1 + 2 = 3");

    /** @throws UserError when the folder is none of the three, or what it needs is missing */
    public static LoadedModel open(Path source) { return open(source, Optional.empty()); }

    /** @param base folder of an adapter's base, when it is not where the adapter says */
    public static LoadedModel open(Path source, Optional<Path> base) { return open(ModelSource.of(source, base)); }

    /** @throws UserError when adapter and base do not fit */
    public static LoadedModel open(ModelSource source) { return open(source, ServedWeights.FP32); }

    /** @param weights what its matrices are kept in, to answer; a model that is exported or merged wants fp32 */
    public static LoadedModel open(ModelSource source, ServedWeights weights) {
        ModelFolder folder = source.folder();
        ServedWeights held = weights.of(folder);
        CausalLm model = folder.load(held.loading(folder));
        List<String> notes = new ArrayList<>(source.notes());
        if (held == ServedWeights.BF16) {
            model.pack();
            notes.add(say("weights are kept in bf16, which takes less of a core's time here; answers may differ "
                    + "from those in fp32 where two tokens are almost equally likely (--weights fp32)"));
        }
        FolderNotes.of(folder).forEach(note -> notes.add(WarningText.of(note)));
        Optional<Tuning> adapter = source.adapter().map(files -> AdapterFolder.attach(model, files, notes::add));
        PromptFormat wording = wording(source, folder);
        wording.tokenizer().notes().forEach(note -> notes.add(note.toString()));
        withoutEnd(folder, wording).ifPresent(notes::add);
        return new LoadedModel(source.path(), folder, model, wording, adapter, source.run(), Adapters.DEFAULT, notes);
    }

    /** As the run was tuned, at the real time; else as the folder is usually spoken to. */
    private static PromptFormat wording(ModelSource source, ModelFolder folder) {
        PromptStyle style = source.run().map(run -> PreparedData.open(run.data()).promptStyle())
                .orElseGet(() -> usualStyle(folder));
        EncodingSettings encoding = source.run().map(run -> Recipe.read(run.recipe()).data().encoding().served())
                .orElse(EncodingSettings.DEFAULTS);
        return wording(folder, style, encoding);
    }

    /**
     * Another adapter of the same base, or a run's, attached to this very model under a name; it is spoken to as it was
     * tuned. {@link #release} takes it off.
     *
     * @throws UserError when it is none, or was made for another base
     */
    public LoadedModel beside(String name, Path other) {
        ModelSource source = ModelSource.of(other, Optional.of(folder.path()));
        Path files = source.adapter().orElseThrow(() -> UserError.of(say("%s is no adapter but a whole model, which "
                + "cannot stand beside another one; serve it by itself", other)));
        PromptFormat spoken = wording(source, folder);
        List<String> told = new ArrayList<>(source.notes());
        try {
            Tuning tuning = Adapters.attachedAs(name, () -> AdapterFolder.attach(model, files, told::add));
            return new LoadedModel(source.path(), folder, model, spoken, Optional.of(tuning), source.run(),
                    Adapters.named(name), told);
        } catch (RuntimeException e) {
            model.detach(name); // what was attached before it was refused
            spoken.tokenizer().close();
            throw e;
        }
    }

    /** The base of an adapter without it, spoken to as the adapter was tuned. */
    public LoadedModel untuned() {
        return new LoadedModel(source, folder, model, wording, Optional.empty(), run, Adapters.NONE, notes);
    }

    /** Takes an adapter that {@link #beside} attached off the model, and frees it. */
    public void release() {
        model.detach(works.of(0).orElseThrow());
        close();
    }

    /** How a folder is spoken to where no run says otherwise. */
    public static PromptStyle usualStyle(ModelFolder folder) {
        return ChatForms.of(folder.texts().template()).isPresent() ? PromptStyle.TEMPLATE : PromptStyle.PLAIN;
    }

    private static PromptFormat wording(ModelFolder folder, PromptStyle style, EncodingSettings encoding) {
        return PromptFormat.of(folder.texts().tokenizer(), folder.texts().template(), bounds(folder.config()), style,
                contextLength(folder), OverLength.CUT, encoding).endingAlsoAt(ending(folder));
    }

    /** What prompts and their tokens must keep to. */
    public static PromptFormat.Bounds bounds(HfConfig config) {
        return new PromptFormat.Bounds(config.file(), config.vocabulary(), config.spelt("vocab_size"),
                config.contextLength(), config.spelt("max_position_embeddings"));
    }

    /** A model's prompts as a run's settings say. @throws UserError also when they do not fit the model's context */
    public static PromptFormat promptFormat(ModelFolder folder, PromptStyle style, DataSettings settings) {
        PromptFormat.Bounds bounds = bounds(folder.config());
        bounds.requireLength(settings.maxLength());
        return PromptFormat.of(folder.texts().tokenizer(), folder.texts().template(), bounds, style,
                settings.maxLength(), settings.overLength(), settings.encoding()).endingAlsoAt(ending(folder));
    }

    /**
     * The same model behind a text that stands before everything it is asked.
     *
     * @throws UserError when the text leaves no room in the model's context
     */
    public LoadedModel behind(HardPrompt prompt) {
        PromptFormat behind = wording.behind(prompt);
        int tokens = behind.encoder().encodePrompt(List.of(Message.user("a"))).length;
        if (tokens >= contextLength()) {
            throw UserError.of(say("the prompt has %,d tokens and the model's context is %,d; shorten it, so that "
                    + "there is room for an answer", tokens, contextLength()));
        }
        return new LoadedModel(source, folder, model, behind, adapter, run, works, notes);
    }

    /** Most tokens of a prompt and its answer together. */
    public int contextLength() { return contextLength(folder); }

    public static int contextLength(ModelFolder folder) {
        return folder.config().contextLength().orElse(DEFAULT_CONTEXT);
    }

    /**
     * A generator that stops at what ends this model's answers.
     *
     * @throws UserError when the model reads rows and writes nothing
     */
    public Generator generator() {
        ObjectiveHead.requireTokens(folder, say("an answer is asked for"));
        return new Generator(model, contextLength(), ending(), wording.tokenizer()).with(works);
    }

    /** A reader of rows. @throws UserError when the model generates text */
    public RowReader reader() {
        List<String> labels = folder.labels().orElseThrow(() -> UserError.of(say("%s generates text and has "
                + "no head that tells labels apart or gives scores; ask it with weft generate", folder.path())));
        return new RowReader(model, labels, works);
    }

    /**
     * What the model says of a text: its label and how likely each is, or its score.
     *
     * @throws UserError as {@link #reader}
     */
    public Verdict verdict(String text) {
        return reader().read(wording.encoder().encodePrompt(List.of(Message.user(wording.style().build(text, "")))));
    }

    /** The text that answers these messages, by default sampling. */
    public String answer(List<Message> messages) { return answer(messages, Sampling.DEFAULTS); }

    /** The text that answers these messages. @param messages the last one a question */
    public String answer(List<Message> messages, Sampling sampling) {
        int[] prompt = wording.encoder().encodePrompt(messages);
        return wording.encoder().answerText(generator().generate(prompt, sampling).ids());
    }

    /**
     * What ends this model's answers: what stands behind those it was trained on, the tokenizer's end tokens, and what
     * generation_config.json and config.json name.
     */
    public Ending ending() { return wording.encoder().ending(); }

    private static Ending ending(ModelFolder folder) { return new Ending(folder.endIds(), folder.endTexts()); }

    /** A sentence for people where nothing ends the model's answers. */
    public static Optional<String> withoutEnd(ModelFolder folder, PromptFormat wording) {
        return wording.encoder().ending().isNone() && !folder.readout().isOfRows()
                ? Optional.of(folder.path() + ": " + WarningText.of(Warned.of(0, "ending.none"))) : Optional.empty();
    }

    /**
     * Writes this model, with its adapter merged in, as a whole Hugging Face folder that is verified before it takes
     * the target's name.
     *
     * @param type that the weights are stored in; that of the base when not given
     * @throws UserError as {@link Exporter#merged}
     */
    public Export exportMerged(Path target, Optional<DType> type) {
        return exporter().merged(target, type.orElseGet(folder::storedType));
    }

    /**
     * As {@link #exportMerged}, with the linears in NF4 as transformers and bitsandbytes save them.
     *
     * @throws UserError as {@link Exporter#quantised}
     */
    public Export exportQuantised(Path target, Optional<DType> type) {
        return exporter().quantised(target, type.orElseGet(folder::storedType));
    }

    private Exporter exporter() {
        adapter.filter(tuning -> !tuning.isMergeable()).ifPresent(tuning -> {
            throw UserError.of(say("%s was tuned with %s, which no weights of a plain model can say, so it cannot be "
                    + "merged; keep base and adapter beside each other and use them so: weft serve %s", source,
                    tuning.name(), source));
        });
        Ending ending = ending();
        return new Exporter(folder, model, adapter.isPresent(), probes(wording),
                unfinished -> folder.writeEnding(unfinished, ending.ids(), ending.texts()),
                this::requireSameTexts);
    }

    private static List<int[]> probes(PromptFormat wording) {
        return PROBES.stream().map(text -> wording.encoder().encodePrompt(List.of(Message.user(text)))).toList();
    }

    /** Tokenizer, template and end ids of an exported folder, as whoever opens it reads them, are those used here. */
    private void requireSameTexts(Path written) {
        ModelFolder exported = ModelFolder.open(written);
        PromptFormat read = wording(exported, wording.style(), wording.encoding());
        try (Tokenizer closed = read.tokenizer()) {
            // a template may tell the time, which may go on between the two
            if (!isSame(probes(read), probes(wording)) && !isSame(probes(read), probes(wording))) {
                throw UserError.of(say("the exported tokenizer or chat template makes other tokens of a prompt than "
                        + "those of %s; nothing was written", folder.texts().tokenizer()));
            }
            Set<Integer> ends = read.encoder().ending().ids();
            if (!ends.containsAll(ending().ids())) {
                throw UserError.of(say("the exported files end answers at the tokens %s, the model that was opened "
                        + "at %s; nothing was written", ends, ending().ids()));
            }
        }
    }

    private static boolean isSame(List<int[]> a, List<int[]> b) {
        return IntStream.range(0, a.size()).allMatch(i -> Arrays.equals(a.get(i), b.get(i)));
    }

    /** A name for people and for the API: the last part of the folder. */
    public String name() { return source.toAbsolutePath().normalize().getFileName().toString(); }

    @Override public void close() { wording.tokenizer().close(); }
}
