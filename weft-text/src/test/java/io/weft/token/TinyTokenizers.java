package io.weft.token;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small real tokenizers for tests that need one: trained on a few English and Chinese sentences, the same each time. */
public final class TinyTokenizers {
    public static final String PAD = "<|endoftext|>", START = "<|im_start|>", END = "<|im_end|>";
    private static final List<String> SUBJECTS = List.of("the cat", "a small model", "my friend", "the teacher", "这只猫", "小模型", "我的朋友", "老师");
    private static final List<String> VERBS = List.of("reads", "trains on", "looks at", "writes", "阅读", "训练", "看着", "写下");
    private static final List<String> OBJECTS = List.of("the book.", "ten rows!", "a letter?", "the data 2024.", "一本书。", "十行数据!", "一封信?", "数据 2024。");

    private TinyTokenizers() {}

    /** Sentences that the tokenizers were trained on. */
    public static List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        for (String subject : SUBJECTS) {
            for (String verb : VERBS) {
                for (String object : OBJECTS) {
                    sentences.add(subject + " " + verb + " " + object);
                }
            }
        }
        sentences.add("user\n\nassistant\n\nsystem\n");
        return sentences;
    }

    /** Writes tokenizer.json and tokenizer_config.json: 400 tokens, {@link #PAD} 397, {@link #START} 398, {@link #END} 399 (the end token). @return the folder */
    public static Path write(Path folder) {
        new BpeTrainer(400, List.of(PAD, START, END), END, PAD).train(sentences(), folder);
        return folder;
    }

    /** {@link #write}, then read. To be closed by the caller. */
    public static Tokenizer make(Path folder) { return Tokenizer.read(write(folder)); }
}
