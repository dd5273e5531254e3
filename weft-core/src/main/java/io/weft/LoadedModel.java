package io.weft;

import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.PreparedData;
import io.weft.export.Export;
import io.weft.export.Exporter;
import io.weft.generate.Generator;
import io.weft.generate.Sampling;
import io.weft.model.HfConfig;
import io.weft.model.folder.FrozenWeights;
import io.weft.model.folder.GenerationConfig;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.RunFolder;
import io.weft.tensor.DType;
import io.weft.token.ChatForms;
import io.weft.token.Ending;
import io.weft.token.PromptFormat;
import io.weft.tune.AdapterFolder;
import io.weft.tune.Tuning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
 */
public record LoadedModel(Path source, ModelFolder folder, CausalLm model, PromptFormat wording,
        Optional<Tuning> adapter, Optional<RunFolder> run) implements AutoCloseable {
    /** Longest prompt where a model's config.json names no context length. */
    private static final int DEFAULT_CONTEXT = 4096;
    /** What an exported model is compared on: both languages, numbers and code. */
    private static final List<String> PROBES = List.of("Explain in two sentences why the sky is blue.",
            "请用两句话解释天空为什么是蓝色的。", "def add(a, b):\n    return a + b  # 1 + 2 = 3");

    /** @throws UserError when the folder is none of the three, or what it needs is missing */
    public static LoadedModel open(Path source) {
        if (RunFolder.isOne(source)) {
            return ofRun(RunFolder.open(source));
        }
        if (AdapterFolder.isOne(source)) {
            return ofAdapter(source, Path.of(AdapterFolder.base(source)), Optional.empty(), Optional.empty());
        }
        ModelFolder folder = ModelFolder.open(source);
        return new LoadedModel(source, folder, folder.load(FrozenWeights.AUTO.of(folder)),
                wording(source, folder, usualStyle(source)), Optional.empty(), Optional.empty());
    }

    private static LoadedModel ofRun(RunFolder run) {
        PromptStyle style = PreparedData.open(run.data()).promptStyle();
        if (Files.isDirectory(run.model())) {
            ModelFolder folder = ModelFolder.open(run.model());
            return new LoadedModel(run.path(), folder, folder.load(FrozenWeights.AUTO.of(folder)),
                    wording(run.model(), folder, style), Optional.empty(), Optional.of(run));
        }
        requireResult(run);
        return ofAdapter(run.adapter(), Path.of(Recipe.read(run.recipe()).model()), Optional.of(style),
                Optional.of(run));
    }

    /** @throws UserError when the run is not finished */
    static void requireResult(RunFolder run) {
        if (!Files.isDirectory(run.model()) && !AdapterFolder.isOne(run.adapter())) {
            throw UserError.of(say("%s has no result: the run is not finished, or it diverged before its first "
                    + "evaluation; go on with weft resume %s", run.path(), run.path()));
        }
    }

    private static LoadedModel ofAdapter(Path adapter, Path base,
            Optional<PromptStyle> style, Optional<RunFolder> run) {
        if (!Files.isDirectory(base)) {
            throw UserError.of(say("%s belongs to the base model %s, which is not there; put it there, or name its "
                    + "folder in base_model_name_or_path of %s", adapter, base, adapter.resolve(AdapterFolder.CONFIG)));
        }
        ModelFolder folder = ModelFolder.open(base);
        CausalLm model = folder.load(FrozenWeights.AUTO.of(folder));
        Tuning settings = AdapterFolder.attach(model, adapter);
        return new LoadedModel(run.map(RunFolder::path).orElse(adapter), folder, model,
                wording(base, folder, style.orElse(usualStyle(base))), Optional.of(settings), run);
    }

    private static PromptStyle usualStyle(Path folder) {
        return ChatForms.of(folder).isPresent() ? PromptStyle.TEMPLATE
                : PromptStyle.PLAIN;
    }

    private static PromptFormat wording(Path folder, ModelFolder model, PromptStyle style) {
        return PromptFormat.of(folder, bounds(model.config()), style,
                model.config().contextLength().orElse(DEFAULT_CONTEXT),
                OverLength.CUT);
    }

    /** What prompts and their tokens must keep to. */
    public static PromptFormat.Bounds bounds(HfConfig config) {
        return new PromptFormat.Bounds(config.file(), config.vocabulary(), config.spelt("vocab_size"),
                config.contextLength(), config.spelt("max_position_embeddings"));
    }

    /** A model's prompts as a run's settings say. @throws UserError also when they do not fit the model's context */
    static PromptFormat promptFormat(ModelFolder folder, PromptStyle style, DataSettings settings) {
        PromptFormat.Bounds bounds = bounds(folder.config());
        bounds.requireLength(settings.maxLength());
        return PromptFormat.of(folder.path(), bounds, style, settings.maxLength(), settings.overLength());
    }

    /** Most tokens of a prompt and its answer together. */
    public int contextLength() { return contextLength(folder); }

    static int contextLength(ModelFolder folder) { return folder.config().contextLength().orElse(DEFAULT_CONTEXT); }

    /** A generator that stops at what ends this model's answers. */
    public Generator generator() {
        return new Generator(model, contextLength(), ending(folder, wording), wording.tokenizer());
    }

    /** The text that answers these messages, by default sampling. */
    public String answer(List<Message> messages) { return answer(messages, Sampling.DEFAULTS); }

    /** The text that answers these messages. @param messages the last one a question */
    public String answer(List<Message> messages, Sampling sampling) {
        int[] prompt = wording.encoder().encodePrompt(messages);
        return wording.encoder().answerText(generator().generate(prompt, sampling).ids());
    }

    /**
     * What ends this model's answers: what stands behind those it was trained on, the tokenizer's end tokens, and the
     * ids of generation_config.json and config.json.
     */
    public Ending ending() { return ending(folder, wording); }

    static Ending ending(ModelFolder folder, PromptFormat wording) {
        Set<Integer> ids = folder.endIds();
        ids.addAll(wording.encoder().ending().ids());
        return new Ending(ids, wording.encoder().ending().texts());
    }

    /** A sentence for people where nothing ends this model's answers. */
    public Optional<String> withoutEnd() { return withoutEnd(folder, wording); }

    static Optional<String> withoutEnd(ModelFolder folder, PromptFormat wording) {
        return ending(folder, wording).isNone() ? Optional.of(say("%s: nothing ends an answer, neither an end token of "
                + "its files nor a text of its template, so each runs to its limit; name an eos_token in "
                + "tokenizer_config.json", folder.path())) : Optional.empty();
    }

    /**
     * Writes this model, with its adapter merged in, as a whole Hugging Face folder that is verified before it takes
     * the target's name.
     *
     * @param type that the weights are stored in; that of the base when not given
     * @throws UserError as {@link Exporter#merged}
     */
    public Export exportMerged(Path target, Optional<DType> type) {
        List<int[]> probes = PROBES.stream().map(text -> wording.encoder().encodePrompt(List.of(Message.user(text))))
                .toList();
        Ending ending = ending();
        return new Exporter(folder, model, adapter.isPresent(), probes,
                unfinished -> GenerationConfig.write(folder.path(), unfinished, ending.ids(), ending.texts()))
                .merged(target, type.orElseGet(folder::storedType));
    }

    /** A name for people and for the API: the last part of the folder. */
    public String name() { return source.toAbsolutePath().normalize().getFileName().toString(); }

    @Override public void close() { wording.tokenizer().close(); }
}
