package io.weft.model.folder;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.JsonFile;
import io.weft.file.Sha256;
import io.weft.model.Architecture;
import io.weft.model.ConfigKeys;
import io.weft.model.HfConfig;
import io.weft.model.LinearForm;
import io.weft.model.RowHead;
import io.weft.model.WeightLoading;
import io.weft.model.WeightPlacement;
import io.weft.model.WeightSource;
import io.weft.model.Weights;
import io.weft.model.family.Architectures;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Readout;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.TensorFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

import static io.weft.problem.Language.say;

/**
 * A Hugging Face model folder on disk: config.json, weights (safetensors or PyTorch's .bin, one file or shards with an
 * index), tokenizer and template files.
 */
public final class ModelFolder {
    /** The files beside the weights that make a folder whole for other tools; those that are there are copied along. */
    public static final List<String> TEXT_FILES = List.of("tokenizer.json", "tokenizer_config.json",
            "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
            "tokenizer.model", "tokenization_chatglm.py", "chat_template.jinja");
    private static final String SINGLE = "model.safetensors", GENERATION = GenerationFile.NAME;
    private final Path path;
    private final HfConfig config;
    private final Architecture family;
    private final TextFiles texts;
    private final GenerationFile generation;
    /** Of a head that the files lack. */
    private final OptionalLong headSeed;
    /** What linears become while they are read. */
    private final Optional<Quantise> quantise;

    private ModelFolder(Path path, HfConfig raw, TextFiles texts, OptionalLong headSeed, Optional<Quantise> quantise) {
        this.path = path;
        this.quantise = quantise;
        this.texts = texts;
        this.headSeed = headSeed;
        family = Architectures.of(raw);
        config = raw.readAs(family.spellings(), family.keys());
        ConfigKeys.refuseWhatIsNotComputed(config);
        generation = GenerationFile.in(texts.generation());
        requireReadable();
    }

    /**
     * Reads config.json and no weights.
     *
     * @throws UserError when it is no model folder or of a family that Weft does not know
     */
    public static ModelFolder open(Path path) { return open(path, TextFiles.in(path)); }

    private static ModelFolder open(Path path, TextFiles texts) {
        if (path.toString().isBlank()) {
            throw UserError.of(say("the name of the model folder is empty; the current directory is written ."));
        }
        if (!Files.isDirectory(path)) {
            throw UserError.of(say("%s: no such model folder; give a Hugging Face folder (config.json, "
                    + "model.safetensors, tokenizer.json), or fetch one with weft pull ORG/NAME", path));
        }
        if (!Files.exists(path.resolve("config.json"))) {
            throw WeightFiles.missing(path, List.of("config.json"));
        }
        return new ModelFolder(path, HfConfig.read(path.resolve("config.json")), texts, OptionalLong.empty(),
                Optional.empty());
    }

    /**
     * The same model, with the weights of its linears quantised while they are read, some rows at a time.
     *
     * @param to nothing for the weights as they are
     * @throws UserError when the folder holds quantised ones already
     */
    public ModelFolder quantised(Optional<Quantise> to) {
        if (to.isPresent() && isQuantised()) {
            throw UserError.of(say("%s: its weights are quantised already (\"%s\"); leave model.quantise out",
                    config.file(), ConfigKeys.QUANTISED));
        }
        if (to.isPresent() && Scope.value(() -> outline().linears().values().stream()
                .noneMatch(linear -> Nf4Linears.USUAL.takes(linear.name(), linear.weight())))) {
            throw UserError.of(say("%s: no row of its linears is a multiple of %d numbers, so none of them can be "
                    + "quantised; leave model.quantise out", path, Nf4Linears.USUAL.quantiser().block()));
        }
        return new ModelFolder(path, config, texts, headSeed, to);
    }

    /** Whether the folder itself holds quantised weights. */
    public boolean isQuantised() { return ConfigKeys.isNf4(config); }

    /** Linears of a quantised folder whose rows end within a block, which bitsandbytes' kernels do not read alike. */
    public List<String> raggedLinears() {
        int block = Nf4Linears.USUAL.quantiser().block();
        return !isQuantised() ? List.of() : Scope.value(() -> outline().linears().values().stream()
                .filter(linear -> linear.inputs() % block != 0).map(Linear::name).toList());
    }

    /** Whether weights of linears are quantised, in the folder or while they are read. */
    public boolean isNarrow() { return isQuantised() || quantise.isPresent(); }

    /**
     * The same body with a head that tells labels apart, or gives rows a score where there is one label: the folder's
     * own head where it has one, else a fresh one, which begins as a seed has it.
     *
     * @param pad token that fills up batches elsewhere, where config.json names none
     * @throws UserError when the folder's own head tells other labels apart
     */
    public ModelFolder telling(List<String> labels, long seed, OptionalInt pad) {
        List<String> own = labels().orElse(labels);
        if (own.size() != labels.size() || isNamed(own) && isNamed(labels) && !own.equals(labels)) {
            throw UserError.of(say("%s: the model's own head has %s (\"id2label\"), and %s are asked for; give the "
                    + "rows these labels, or take the base model without such a head", config.file(), shown(own),
                    shown(labels)));
        }
        return new ModelFolder(path, RowHead.telling(config, isNamed(own) ? own : labels, pad), texts,
                OptionalLong.of(seed), quantise);
    }

    /** Whether somebody gave the labels names. */
    private static boolean isNamed(List<String> labels) { return !labels.equals(RowHead.usual(labels.size())); }

    private static String shown(List<String> labels) {
        return say("%d labels (%s)", labels.size(), String.join(say(", "), labels));
    }

    /** The labels that the model tells apart, a single one where it gives rows a score; empty where it says tokens. */
    public Optional<List<String>> labels() { return RowHead.labels(config); }

    /** What the model says, by its config. */
    public Readout readout() {
        return labels().map(labels -> Readout.ofRows(labels.size())).orElse(Readout.TOKENS);
    }

    /** Whatever a run needs only later, so that it does not end there. */
    private void requireReadable() {
        config.contextLength();
        endIds();
        endTexts();
    }

    public Path path() { return path; }

    /** The same model, spoken to by files of other folders. */
    public ModelFolder withTexts(TextFiles others) { return new ModelFolder(path, config, others, headSeed, quantise); }

    /** Where tokenizer, template and generation settings are. */
    public TextFiles texts() { return texts; }

    public HfConfig config() { return config; }

    public boolean hasWeights() { return WeightFiles.areIn(path); }

    /**
     * Loads the weights into memory, in fp32.
     *
     * @throws UserError naming every weight that is missing, unread or of another shape
     */
    public CausalLm load() { return load(WeightPlacement.RESIDENT); }

    /** Loads the weights, to be kept so. @throws UserError as {@link #load()} */
    public CausalLm load(WeightPlacement placement) { return load(WeightLoading.of(placement)); }

    /** Loads the weights in another form. @throws UserError as {@link #load()} */
    public CausalLm load(WeightLoading loading) {
        WeightSource.Stored stored = new WeightSource.Stored(path.toString(), files(),
                quantise.isPresent() ? loading.with(Nf4Linears.USUAL) : loading);
        if (isQuantised() && !stored.holdsQuantised()) {
            throw UserError.of(say("%s: \"%s\" says that weights are quantised, and no file of the folder holds any; "
                    + "remove the key, and set model.quantise: nf4 to quantise them while they are read",
                    config.file(), ConfigKeys.QUANTISED));
        }
        return build(config, headSeed.isEmpty() ? stored
                : new WeightSource.WithFreshHead(stored, RowHead.NAME + ".weight", 
                random(headSeed.getAsLong(), DType.F32)));
    }

    /** A weight that is not finite; reads all of them, so this is for when something went wrong. */
    public Optional<BrokenWeight> brokenWeight() {
        return hasWeights() ? BrokenWeight.first(files()) : Optional.empty();
    }

    /** Bytes that the weights take in memory, in fp32 but for those that are quantised. */
    public long residentBytes() {
        if (isNarrow()) {
            return Nf4Linears.bytes(linearElements()) + wideBytes() - DType.F32.bytes() * linearElements();
        }
        return DType.F32.bytes() * files().stream().mapToLong(file -> file.names().stream().map(file::entry)
                .mapToLong(TensorFile.Entry::elements).sum()).sum();
    }

    private long linearElements() {
        return Scope.value(() -> outline().linears().values().stream()
                .mapToLong(linear -> linear.weight().elements()).sum());
    }

    /** Bytes that the quantised weights take, about. */
    public long quantisedBytes() { return Nf4Linears.bytes(linearElements()); }

    /** Bytes that all weights take in fp32, however they are kept. */
    public long wideBytes() {
        return DType.F32.bytes() * Scope.<Long>value(() -> outline().weightCount());
    }

    /** A model of this config with weights from a seed, to pretrain. */
    public CausalLm initialise(long seed) { return initialise(seed, DType.F32); }

    /** The same with linears that multiply in a type of their own. */
    public CausalLm initialise(long seed, DType products) { return build(config, random(seed, products)); }

    private WeightSource.Random random(long seed, DType products) {
        return new WeightSource.Random(path.toString(), seed, config.number("initializer_range", 0.02), products);
    }

    /**
     * Names, shapes and counts of the model that config.json describes, without its weights: nothing can be computed
     * with it.
     */
    public CausalLm outline() { return build(config, new WeightSource.Outline(path.toString())); }

    /**
     * The first blocks of this model with weights that say nothing, kept as a run keeps them: what takes the time that
     * the model's own blocks would, without a file being read.
     *
     * @param blocks at most so many
     */
    public CausalLm rehearsed(int blocks, WeightLoading loading) {
        DType kept = loading.placement() == WeightPlacement.MAPPED && hasWeights() ? storedType() : loading.matrices();
        return build(config.withLayers(blocks), new WeightSource.Blank(path.toString(), loading.compute(),
                loading.products(), kept, isNarrow() ? Nf4Linears.USUAL : LinearForm.AS_READ));
    }

    private CausalLm build(HfConfig config, WeightSource source) {
        return NoGrad.get(() -> family.build(config, new Weights(source, this::shapes)));
    }

    /** Of all weights that this folder's family asks for under another config. */
    private Map<String, long[]> shapes(HfConfig other) {
        return Scope.value(() -> {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            build(other, new WeightSource.Outline("")).weights()
                    .forEach((name, weight) -> shapes.put(name, weight.shape()));
            return shapes;
        });
    }

    /** The type that the weights are stored in: that of most of them, but for the quantised ones. */
    public DType storedType() {
        Map<DType, Long> bytes = new EnumMap<>(DType.class);
        files().forEach(file -> file.names().stream().map(file::entry).filter(entry -> entry.type().isFloating())
                .forEach(entry -> bytes.merge(entry.type(), entry.length(), Long::sum)));
        return bytes.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(DType.F32);
    }

    /** Names of the linears in the blocks, what an adapter can attach to. */
    public Set<String> linearNames() { return Scope.value(() -> new TreeSet<>(outline().linears().keySet())); }

    /**
     * Ids that end a generated answer: {@code eos_token_id} of generation_config.json and config.json, each a number or
     * a list.
     */
    public Set<Integer> endIds() {
        Set<Integer> ids = new TreeSet<>(generation.endIds());
        ids.addAll(GenerationFile.ids(config.file(), "eos_token_id", config.get("eos_token_id")));
        return ids;
    }

    /** What config.json sets and nobody here reads, see {@link ConfigKeys#unknown}. */
    public Set<String> unknownKeys() { return ConfigKeys.unknown(config); }

    /** Texts that end a generated answer: {@code stop_strings} of generation_config.json. */
    public List<String> endTexts() { return generation.endTexts(); }

    /** What generation_config.json asks for and Weft does not do, as {@code key: value}. */
    public List<String> unusedGeneration() { return generation.unused(); }

    /** A hash of everything that decides how texts become ids. */
    public String textHash() {
        MessageDigest digest = Sha256.digest();
        for (String name : TEXT_FILES) {
            Path file = (name.equals("chat_template.jinja") ? texts.template() : texts.tokenizer()).resolve(name);
            if (Files.isRegularFile(file)) {
                digest.update((name + " " + Sha256.of(file) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return Sha256.hex(digest);
    }

    /**
     * What this folder holds now that decides about numbers and ids. Reads every weight file whole, unless it is as
     * it was.
     */
    public FolderSeal seal(FolderSeal known) {
        List<String> names = new ArrayList<>(TEXT_FILES);
        names.add("config.json");
        if (hasWeights()) {
            names.addAll(WeightFiles.names(path));
        }
        return FolderSeal.of(path, names, known);
    }

    /** Writes what ends a tuned model's answers, as {@link GenerationConfig} does, into another folder. */
    public void writeEnding(Path target, Collection<Integer> ids, Collection<String> texts) {
        GenerationConfig.write(this.texts.generation().resolve(GENERATION), config.file(), target, ids, texts);
    }

    /** Copies the tokenizer's and the template's files into another folder. */
    public void copyTextFiles(Path target) { CompanionFiles.copyTexts(texts, target); }

    /** Copies everything but weights that makes a folder whole. */
    private void copyCompanions(Path target) {
        copyTextFiles(target);
        writeConfig(target);
        if (Files.isRegularFile(texts.generation().resolve(GENERATION))) {
            CompanionFiles.copy(texts.generation().resolve(GENERATION), target.resolve(GENERATION));
        }
        CompanionFiles.copyCode(path, target);
        CompanionFiles.copyLicences(path, texts.licences(), target);
    }

    /** Writes config.json into another folder, with the head that this one has. */
    public void writeConfig(Path target) {
        if (headSeed.isEmpty()) {
            CompanionFiles.copy(config.file(), target.resolve("config.json"));
        } else {
            AtomicFile.write(target.resolve("config.json"), config.text());
        }
    }

    /**
     * The type that config.json declares (torch_dtype, or dtype in transformers 5), fp32 when it declares none that
     * Weft stores.
     */
    public DType declaredType() {
        String declared = config.has("dtype") ? config.text("dtype") : config.has("torch_dtype")
                ? config.text("torch_dtype") : "float32";
        return switch (declared) {
            case "bfloat16" -> DType.BF16;
            case "float16" -> DType.F16;
            default -> DType.F32;
        };
    }

    /**
     * Writes a whole Hugging Face folder: the model's weights with what is attached merged in, converted to a type, and
     * this folder's config, tokenizer and template.
     */
    public void write(CausalLm model, Path target, DType type) {
        writeAllButWeights(model, target, type);
        Map<String, SafeTensors.Part> parts = new LinkedHashMap<>();
        model.mergedShapes().forEach((name, shape) -> parts.put(name,
                new SafeTensors.Part(type, shape, () -> model.merged(name).detach().to(type))));
        NoGrad.run(() -> SafeTensors.writeParts(target.resolve(SINGLE), parts));
    }

    /** As {@link #write}, with linears quantised, as transformers and bitsandbytes save such a model. */
    public void writeQuantised(CausalLm model, Path target, DType type) {
        writeAllButWeights(model, target, type);
        NoGrad.run(() -> Scope.run(() ->
                Nf4File.write(model, target.resolve(SINGLE), target.resolve("config.json"), type)));
    }

    private void writeAllButWeights(CausalLm model, Path target, DType type) {
        copyCompanions(target);
        if (!config.declares(type)) {
            // readers convert to what is declared
            AtomicFile.write(target.resolve("config.json"), config.declaring(type) + "\n");
        }
        if (config.isTied() && !model.isTiedMerged() && !model.readout().isOfRows()) {
            // transformers 5 sees that two matrices are stored, other readers believe the key
            Path written = target.resolve("config.json");
            AtomicFile.write(written, JsonFile.object(written).put("tie_word_embeddings", false).toPrettyString()
                    + "\n");
        }
        if (isQuantised()) {
            Path written = target.resolve("config.json");
            ObjectNode root = JsonFile.object(written);
            root.remove(ConfigKeys.QUANTISED);
            AtomicFile.write(written, root.toPrettyString() + "\n");
        }
    }

    private List<TensorFile> files() { return WeightFiles.open(path); }
}
