package io.weft.base;

import java.util.List;
import java.util.function.Function;

/**
 * Something that is said about a run, with its value: how notes and requests put it in English and in Chinese ("{}"
 * stands for the value), and the keys that other programs' files give it.
 */
enum Fact {
    RANK(List.of("rank", "lora_rank", "lora_r", "r"), "秩",
            List.of("rank {}", "LoRA rank {}", "a rank of {}", "rank = {}"),
            List.of("秩 {}", "秩为 {}", "LoRA 秩 {}", "rank {}", "秩设成 {}"),
            draw -> Integer.toString(draw.of(2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128))),
    ALPHA(List.of("alpha", "lora_alpha"), "alpha", List.of("alpha {}", "an alpha of {}", "LoRA alpha {}"),
    List.of("alpha {}", "alpha 为 {}", "缩放 alpha {}"),
            draw -> Integer.toString(draw.of(8, 12, 16, 24, 32, 48, 64, 96, 128, 256))),
    DROPOUT(List.of("dropout", "lora_dropout"), "丢弃率", List.of("dropout {}", "a dropout of {}"),
    List.of("dropout {}", "丢弃率 {}", "dropout 为 {}"), draw -> "0." + draw.of("05", "1", "15", "2", "25", "3", "02")),
    EPOCHS(List.of("epochs", "num_epochs", "num_train_epochs"), "轮数",
    List.of("{} epochs", "{} passes over the data", "epochs {}", "{} full epochs"),
    List.of("{} 轮", "训练 {} 轮", "跑 {} 轮", "{} 个 epoch", "轮数 {}"),
            draw -> Integer.toString(draw.between(2, 12))),
    LEARNING_RATE(List.of("learning_rate", "learningRate", "lr"), "学习率",
    List.of("learning rate {}", "a learning rate of {}", "lr {}", "lr = {}"),
    List.of("学习率 {}", "学习率为 {}", "lr {}", "学习率设为 {}"),
            draw -> draw.between(1, 9) + (draw.oneIn(4) ? ".5" : "") + "e-" + draw.between(3, 5)),
    BATCH(List.of("batch", "batch_size", "per_device_train_batch_size"), "批大小",
    List.of("batch size {}", "batches of {}", "a batch of {}", "batch {}"),
    List.of("批大小 {}", "batch {}", "每批 {} 条", "批次大小为 {}"),
            draw -> Integer.toString(draw.of(1, 2, 3, 4, 6, 8, 12, 16, 24, 32))),
    ACCUMULATE(List.of("accumulate", "gradient_accumulation_steps"), "梯度累积",
    List.of("accumulation {}", "gradients accumulated over {} batches", "accumulate {}"),
    List.of("梯度累积 {}", "累积 {} 步", "梯度累积 {} 次"),
            draw -> Integer.toString(draw.of(2, 3, 4, 6, 8, 16, 32))),
    STEPS(List.of("steps", "max_steps"), "步数", List.of("{} steps", "steps {}", "{} optimizer steps",
    "exactly {} steps"), List.of("{} 步", "只跑 {} 步", "步数 {}", "共 {} 步"),
    draw -> Integer.toString(50 * draw.between(2, 99))),
    WARMUP(List.of("warmup", "warmup_steps", "warmupSteps"), "预热步数",
    List.of("{} warmup steps", "warmup {}", "a warmup of {} steps"), List.of("预热 {} 步", "warmup {}", "预热步数 {}"),
    draw -> Integer.toString(5 * draw.between(2, 60))),
    SEED(List.of("seed", "random_seed"), "随机种子", List.of("seed {}", "random seed {}", "the seed {}"),
    List.of("种子 {}", "随机种子 {}", "seed {}", "种子设为 {}"),
    draw -> Integer.toString(draw.between(1, draw.of(99, 999, 9999)))),
    MAX_LENGTH(List.of("max_length", "maxLength", "max_seq_length", "cutoff_len"), "最大长度",
    List.of("max length {}", "at most {} tokens per example", "a maximum length of {}", "length limit {}"),
            List.of("最大长度 {}", "最长 {} 个词元", "长度上限 {}", "每条最多 {} 个 token"),
            draw -> Integer.toString(32 * draw.between(4, 64))),
    ROWS(List.of("rows", "max_samples", "num_rows"), "行数", List.of("the first {} rows", "{} rows", "only {} rows"),
    List.of("前 {} 行", "只用前 {} 条", "前 {} 条数据"), draw ->
    Integer.toString(draw.oneIn(2) ? 100 * draw.between(2, 90) : draw.between(120, 9999))),
    SCHEDULE(List.of("schedule", "lr_scheduler_type"), "调度", List.of("a {} schedule", "schedule {}", "{} decay"),
    List.of("{} 调度", "调度用 {}", "学习率按 {} 变化"), draw -> draw.of("linear", "cosine", "constant")),
    SAVE_EVERY(List.of("save_every", "saveEvery", "save_steps"), "保存间隔",
    List.of("a checkpoint every {} steps", "saving every {} steps", "save every {}"),
    List.of("每 {} 步保存", "每 {} 步存一次检查点", "保存间隔 {}"),
            draw -> Integer.toString(10 * draw.between(2, 60))),
    EVAL_EVERY(List.of("eval_every", "evalEvery", "eval_steps"), "评估间隔",
    List.of("an evaluation every {} steps", "evaluating every {} steps", "eval every {}"),
    List.of("每 {} 步评估", "每 {} 步评估一次", "评估间隔 {}"),
            draw -> Integer.toString(5 * draw.between(2, 80))),
    PATIENCE(List.of("patience", "early_stopping_patience"), "耐心",
    List.of("patience {}", "early stopping after {} evaluations without gain"), List.of("耐心 {}", "连续 {} 次评估不降就停"),
    draw -> Integer.toString(draw.between(2, 9))),

    MODEL(List.of("model", "base_model", "model_name_or_path"), "模型",
            List.of("model {}", "the base is {}", "base model {}"), List.of("模型 {}", "底座是 {}", "基座模型 {}"),
            draw -> folder(draw, "models/") + other(draw, Names.model(draw))),
    DATA(List.of("data", "train_file", "dataset"), "数据", List.of("data {}", "trained on {}", "training data from {}"),
    List.of("数据 {}", "训练数据是 {}", "数据来自 {}"),
            draw -> folder(draw, "data/") + (draw.oneIn(4) ? Names.invented(draw) + ".jsonl" : Names.dataFile(draw))),
    RUN(List.of("run", "output_dir", "out"), "输出", List.of("run {}", "results in {}", "output goes to {}",
    "kept in {}"), List.of("运行 {}", "结果在 {}", "输出到 {}", "存在 {}"),
    draw -> folder(draw, "runs/") + other(draw, Names.run(draw))),
    MERGED(List.of("merged", "export_dir"), "合并目录", List.of("merged into {}", "merged weights in {}"),
    List.of("合并到 {}", "合并后的权重在 {}"), draw -> "models/" + other(draw, Names.dataSet(draw))),
    PORT(List.of("port", "server_port"), "端口", List.of("port {}", "listening on port {}", "served on {}"),
    List.of("端口 {}", "端口是 {}", "监听 {} 端口"), Names::port),
    OWNER(List.of("owner", "by", "author"), "负责人", List.of("owner {}", "run by {}"), List.of("负责人 {}", "由 {} 负责"),
    draw -> draw.of("Lin", "Chen", "Maya", "Omar", "Sara", "Wang", "Zhao", "Ivan", "Nora", "Li", "Kim", "Ana", "Tom",
    "Xu", "Yuki", "Raj")),
    LOSS(List.of("loss", "eval_loss", "final_loss"), "损失", List.of("loss {}", "a final loss of {}", "held-out loss {}"),
    List.of("损失 {}", "最终损失 {}", "验证损失 {}"), draw -> draw.between(0, 4) + "." + draw.between(100, 999)),
    MINUTES(List.of("minutes", "time_min"), "分钟", List.of("{} minutes", "done in {} minutes"),
    List.of("用时 {} 分钟", "{} 分钟跑完"), draw -> Integer.toString(draw.between(2, 240))),
    ANSWERS(List.of("answers", "predictions"), "回答文件", List.of("answers in {}", "answers written to {}"),
    List.of("回答在 {}", "回答写到 {}"), draw -> other(draw, draw.of(Names.CODE_NAMES)) + draw.of(".jsonl", "-answers.jsonl"));

    private final List<String> keys;
    private final String chineseName;
    private final List<String> english;
    private final List<String> chinese;
    private final Function<Draw, String> value;

    Fact(List<String> keys, String chineseName, List<String> english, List<String> chinese,
            Function<Draw, String> value) {
        this.keys = keys;
        this.chineseName = chineseName;
        this.english = english;
        this.chinese = chinese;
        this.value = value;
    }

    String value(Draw draw) { return value.apply(draw); }

    /** A key of some program's settings file, such as lora_r. */
    String key(Draw draw) { return draw.of(keys); }

    /** The first key in words: "learning rate". */
    String englishName() { return keys.get(0).replace('_', ' '); }

    String chineseName() { return chineseName; }

    /** The fact in a few words: "a rank of 16". */
    String english(Draw draw, String value) { return draw.of(english).replace("{}", value); }

    /** The fact in a few Chinese words. */
    String chinese(Draw draw, String value) { return draw.of(chinese).replace("{}", value); }

    String inWords(boolean chinese, Draw draw, String value) {
        return chinese ? chinese(draw, value) : english(draw, value);
    }

    private static String folder(Draw draw, String folder) { return draw.oneIn(3) ? "" : folder; }

    private static String other(Draw draw, String name) {
        return draw.oneIn(4) ? Names.invented(draw) + (draw.oneIn(2) ? "-" + draw.between(1, 99) : "") : name;
    }
}
