package io.weft.app.quickstart;

import java.util.List;

/** A recipe key that requests ask for, beside the fact that puts it into words. In the order in which answers list them. */
enum Setting {
    ROWS("data", "rows", Fact.ROWS),
    MAX_LENGTH("data", "maxLength", Fact.MAX_LENGTH),
    RANK("tuning", "rank", Fact.RANK),
    ALPHA("tuning", "alpha", Fact.ALPHA),
    DROPOUT("tuning", "dropout", Fact.DROPOUT),
    EPOCHS("train", "epochs", Fact.EPOCHS),
    STEPS("train", "steps", Fact.STEPS),
    BATCH("train", "batch", Fact.BATCH),
    ACCUMULATE("train", "accumulate", Fact.ACCUMULATE),
    LEARNING_RATE("train", "learningRate", Fact.LEARNING_RATE),
    WARMUP("train", "warmupSteps", Fact.WARMUP),
    SCHEDULE("train", "schedule", Fact.SCHEDULE),
    SAVE_EVERY("train", "saveEvery", Fact.SAVE_EVERY),
    EVAL_EVERY("train", "evalEvery", Fact.EVAL_EVERY),
    PATIENCE("train", "patience", Fact.PATIENCE),
    SEED("train", "seed", Fact.SEED);

    /** The ones that people change most stand several times. */
    private static final List<Setting> ASKED = List.of(RANK, RANK, RANK, EPOCHS, EPOCHS, EPOCHS, LEARNING_RATE, LEARNING_RATE, LEARNING_RATE, ALPHA, BATCH, MAX_LENGTH, MAX_LENGTH, SEED, ROWS, WARMUP, STEPS, DROPOUT, SCHEDULE,
            ACCUMULATE, SAVE_EVERY, EVAL_EVERY, PATIENCE);

    private final String section;
    private final String key;
    private final Fact fact;

    Setting(String section, String key, Fact fact) {
        this.section = section;
        this.key = key;
        this.fact = fact;
    }

    String section() { return section; }

    String key() { return key; }

    Fact fact() { return fact; }

    /** The key as a command takes it: tuning.lora.rank. */
    String path() { return section + (section.equals("tuning") ? ".lora." : ".") + key; }

    static Setting asked(Draw draw) { return draw.of(ASKED); }
}
