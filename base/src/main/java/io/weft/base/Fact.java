package io.weft.base;

import java.util.List;
import java.util.function.Function;

/**
 * Something that is said about a run, with its value: how notes and requests put it in English and in Chinese ("{}"
 * stands for the value), and the keys that other programs' files give it.
 */
enum Fact {
    RANK(draw -> Integer.toString(draw.of(2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128))),
    ALPHA(draw -> Integer.toString(draw.of(8, 12, 16, 24, 32, 48, 64, 96, 128, 256))),
    DROPOUT(draw -> "0." + draw.of("05", "1", "15", "2", "25", "3", "02")),
    EPOCHS(draw -> Integer.toString(draw.between(2, 12))),
    LEARNING_RATE(draw -> draw.between(1, 9) + (draw.oneIn(4) ? ".5" : "") + "e-" + draw.between(3, 5)),
    BATCH(draw -> Integer.toString(draw.of(1, 2, 3, 4, 6, 8, 12, 16, 24, 32))),
    ACCUMULATE(draw -> Integer.toString(draw.of(2, 3, 4, 6, 8, 16, 32))),
    STEPS(draw -> Integer.toString(50 * draw.between(2, 99))),
    WARMUP(draw -> Integer.toString(5 * draw.between(2, 60))),
    SEED(draw -> Integer.toString(draw.between(1, draw.of(99, 999, 9999)))),
    MAX_LENGTH(draw -> Integer.toString(32 * draw.between(4, 64))),
    ROWS(draw -> Integer.toString(draw.oneIn(2) ? 100 * draw.between(2, 90) : draw.between(120, 9999))),
    SCHEDULE(draw -> draw.of("linear", "cosine", "constant")),
    SAVE_EVERY(draw -> Integer.toString(10 * draw.between(2, 60))),
    EVAL_EVERY(draw -> Integer.toString(5 * draw.between(2, 80))),
    PATIENCE(draw -> Integer.toString(draw.between(2, 9))),
    MODEL(draw -> folder(draw, "models/") + other(draw, Names.model(draw))),
    DATA(draw -> folder(draw, "data/") + (draw.oneIn(4) ? Names.invented(draw) + ".jsonl" : Names.dataFile(draw))),
    RUN(draw -> folder(draw, "runs/") + other(draw, Names.run(draw))),
    MERGED(draw -> "models/" + other(draw, Names.dataSet(draw))),
    PORT(Names::port),
    OWNER(draw -> draw.of("Lin", "Chen", "Maya", "Omar", "Sara", "Wang", "Zhao", "Ivan", "Nora", "Li", "Kim", "Ana",
            "Tom", "Xu", "Yuki", "Raj")),
    LOSS(draw -> draw.between(0, 4) + "." + draw.between(100, 999)),
    MINUTES(draw -> Integer.toString(draw.between(2, 240))),
    ANSWERS(draw -> other(draw, draw.of(Names.CODE_NAMES)) + draw.of(".jsonl", "-answers.jsonl"));

    private final List<String> keys = words().list("keys"), english = words().list("english"),
            chinese = words().list("chinese");
    private final String chineseName = words().text("name");
    private final Function<Draw, String> value;

    Fact(Function<Draw, String> value) { this.value = value; }

    private Phrases words() { return Phrases.FACTS.at(name()); }

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
