package io.weft.recipe;

import io.weft.data.prepare.DataSettings;
import io.weft.recipe.Values.Flag;
import io.weft.recipe.Values.HeldOutRows;
import io.weft.recipe.Values.Names;
import io.weft.recipe.Values.Number;
import io.weft.recipe.Values.OneOf;
import io.weft.recipe.Values.Path;
import io.weft.recipe.Values.Seed;
import io.weft.recipe.Values.WholeNumber;
import io.weft.train.Schedule;
import io.weft.train.TrainSettings;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.Tuning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Every key of a recipe, once: bounds and descriptions stand here, types and defaults in the records. A new setting is a component there and a line here, a new tuning method a
 * section in {@link #TUNINGS}.
 */
final class Settings {
    /** The format that this Weft reads and writes. */
    static final int VERSION = 1;
    /** No count in a recipe is larger. */
    private static final int MANY = 1_000_000_000;

    static final Setting VERSION_KEY = Setting.of("version", new WholeNumber(1, VERSION),
            "format of this file; a newer one than Weft knows is refused", "本文件的格式版本;比 Weft 所知更新的版本会被拒绝");

    static final Setting MODEL = Setting.of("model", new Path(new Translatable("the folder of a model", "一个模型的文件夹")),
            "Hugging Face folder of the model to tune", "要微调的模型的 Hugging Face 文件夹").required("models/my-model");

    static final Setting PRESET = Setting.of("preset", new OneOf(Preset.names()), "a known job whose settings stand where the recipe gives none; tutorial: the ChatGLM3 tutorial's",
            "一个已知任务:配方未给出的设置取自它;tutorial:ChatGLM3 教程的设置").optional("tutorial", "Weft's defaults", "Weft 的默认值");

    static final Section<DataSettings> DATA = new Section<>("data", DataSettings.DEFAULTS, new Translatable("what to learn from", "从什么数据中学习"),
            Setting.of("train", new Path(new Translatable("a file of rows", "一个数据文件")),
                    "training rows: a JSON array, JSONL, CSV or plain text", "训练数据:JSON 数组、JSONL、CSV 或纯文本").required("train.jsonl"),
            Setting.of("format", new OneOf(List.of(DataSettings.AUTO, "alpaca", "messages", "prompt", "text")), "what the rows look like; auto: told by the first row's fields",
                    "数据行的样子;auto:由第一行的字段判断"),
            Setting.of("rows", new WholeNumber(1, MANY), "only the first so many rows", "只用前多少行").optional("1000", "all rows", "全部"),
            Setting.of("prompt", new OneOf(List.of(DataSettings.AUTO, "tutorial", "template", "plain")),
                    "how a prompt is built: the tutorial's wording, the model's chat template, or the text as it is; auto: as usual for the format",
                    "提示怎样拼成:教程的写法、模型的对话模板,或原文;auto:该格式通常的写法"),
            Setting.of("maxLength", new WholeNumber(2, 1 << 20), "tokens in an example, and in a pack", "一个样本(及一个打包行)的最大词元数"),
            Setting.of("pack", new Flag(), "several examples in one row, isolated from each other", "把多个样本打包到一行,彼此隔离"),
            Setting.of("overLength", new OneOf(DataSettings.OVER_LENGTHS), "longer examples: shorten the prompt first, cut the end, leave out, or stop",
                    "超长样本:先缩短提示、截掉末尾、丢弃,或停止"),
            Setting.of("heldOut", new HeldOutRows(), "rows kept for evaluation: a share of them, a number of them, or a file", "留作评估的数据:比例、行数,或单独的文件"));

    static final Section<Lora> LORA = new Section<>("tuning.lora", Lora.DEFAULTS, new Translatable("low-rank updates beside frozen weights", "在冻结的权重旁训练低秩增量"),
            Setting.of("rank", new WholeNumber(1, 65_536), "inner width of the update", "增量的内部宽度(秩)"),
            Setting.of("alpha", new Number(0, true, 1_000_000, false), "the update is scaled by alpha / rank", "增量按 alpha / rank 缩放"),
            Setting.of("dropout", new Number(0, false, 1, true), "share of the update's inputs left out while training", "训练时随机丢弃的增量输入的比例"),
            Setting.of("targets", new Names(new Translatable("names of linear layers, or all-linear", "线性层的名字,或 all-linear")), 
                    "linear layers to tune, by name; all-linear is all but the head", "按名字列出要微调的线性层;all-linear 指除输出头外的全部"));

    static final Section<Full> FULL = new Section<>("tuning.full", new Full(), new Translatable("every weight is trained", "训练全部权重"));

    /** The ways of tuning, of which a recipe names one. The first is the default. */
    static final List<Section<? extends Record>> TUNINGS = List.of(LORA, FULL);

    static final Translatable TUNING_ABOUT = new Translatable("how the model is tuned: one of lora, full", "怎样微调模型:lora 或 full 之一");

    static final Section<TrainSettings> TRAIN = new Section<>("train", TrainSettings.DEFAULTS, new Translatable("how training goes", "训练怎样进行"),
            Setting.of("objective", new OneOf(List.of("sft", "pretrain")),
                    "learn the completions, or every token of plain text (which trains every weight)", "学习回答,或学习纯文本的每个词元(训练全部权重)"),
            Setting.of("epochs", new Number(0, true, 1_000_000, false), "passes over the training rows", "训练数据的遍数"),
            Setting.of("steps", new WholeNumber(1, MANY), "optimizer steps, instead of epochs", "优化器步数,代替 epochs").optional("500", "as many as the epochs take", "由 epochs 决定"),
            Setting.of("batch", new WholeNumber(1, 65_536), "rows (packs when packing) in a micro-batch", "一个微批的行数(打包时为打包行数)"),
            Setting.of("accumulate", new WholeNumber(1, 65_536), "micro-batches in an optimizer step", "每个优化器步累积的微批数"),
            Setting.of("learningRate", new Number(0, true, 10, false), "peak learning rate", "学习率的峰值")
                    .optional("2e-4", "2e-4 for adapters, 2e-5 for full tuning", "适配器 2e-4,全量微调 2e-5"),
            Setting.of("warmupSteps", new WholeNumber(0, MANY), "steps in which the learning rate rises", "学习率上升的步数")
                    .optional("100", "100, but never more than a tenth of the steps", "100,但不超过总步数的十分之一"),
            Setting.of("schedule", new OneOf(Schedule.Shape.names()), "how the learning rate falls after the warm-up", "预热之后学习率怎样下降"),
            Setting.of("weightDecay", new Number(0, false, 10, false), "decay of the weights in each step; biases and norms have none", "每步的权重衰减;偏置和归一化不衰减"),
            Setting.of("clipNorm", new Number(0, false, 1_000_000, false), "largest gradient norm; 0 for no clipping", "梯度范数的上限;0 表示不裁剪"),
            Setting.of("logEvery", new WholeNumber(1, MANY), "steps between log lines", "每隔多少步记录一次"),
            Setting.of("evalEvery", new WholeNumber(1, MANY), "steps between evaluations", "每隔多少步评估一次"),
            Setting.of("saveEvery", new WholeNumber(1, MANY), "steps between checkpoints", "每隔多少步保存检查点"),
            Setting.of("keepCheckpoints", new WholeNumber(1, MANY), "newest checkpoints that stay; the best always does", "保留最新的几个检查点;最好的始终保留"),
            Setting.of("patience", new WholeNumber(0, MANY), "evaluations without a better one before stopping early; 0 for never", "连续多少次评估没有变好就提前停止;0 表示从不"),
            Setting.of("average", new OneOf(List.of("tokens", "microBatches")), "what weighs the same in a step's loss; microBatches only for parity with older trainers",
                    "一步的损失中什么等权;microBatches 仅用于与旧训练器对齐"),
            Setting.of("precision", new OneOf(List.of("auto", "fp32", "bf16", "fp16")), "arithmetic of the forward and backward passes", "前向和反向计算的精度"),
            Setting.of("frozenWeights", new OneOf(List.of("auto", "mapped", "resident")), "weights that are not trained: in memory as fp32, or mapped from their files and widened where used; auto: mapped when fp32 takes over half of the memory",
                    "不训练的权重:以 fp32 放在内存,或映射文件、用到时再展开;auto:fp32 超过内存一半时映射"),
            Setting.of("recompute", new OneOf(List.of("auto", "always", "never")), "compute activations again in the backward pass instead of keeping them; auto: where that saves memory",
                    "反向时重新计算激活值而不保存;auto:在能省内存时"),
            Setting.of("seed", new Seed(), "random seed: the split, the order of the rows, the first values, dropout", "随机种子:数据划分、顺序、初始值和 dropout"));

    private Settings() {}

    /** The section that describes this method. @throws IllegalArgumentException for a method that recipes do not know */
    static Section<? extends Record> of(Tuning tuning) {
        return TUNINGS.stream().filter(section -> section.holds(tuning)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no recipe can name " + tuning.getClass().getName()));
    }

    /** The section of a tuning method by its key. */
    static Optional<Section<? extends Record>> tuning(String name) { return TUNINGS.stream().filter(section -> section.name().equals(name)).findFirst(); }

    /** All sections in the order of the file. */
    static List<Section<? extends Record>> sections() {
        List<Section<? extends Record>> sections = new ArrayList<>(List.of(DATA));
        sections.addAll(TUNINGS);
        sections.add(TRAIN);
        return sections;
    }

    /** Every path that a recipe can give: groups and settings. */
    static List<String> paths() {
        List<String> paths = new ArrayList<>(List.of("version", "model", "preset", "tuning"));
        for (Section<?> section : sections()) {
            paths.add(section.path());
            section.settings().forEach(setting -> paths.add(section.path(setting)));
        }
        return paths;
    }
}
