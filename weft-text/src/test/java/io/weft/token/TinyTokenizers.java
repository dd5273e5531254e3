package io.weft.token;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Small real tokenizers for tests that need one: trained on a few English and Chinese sentences, the same each time.
 */
public final class TinyTokenizers {
    public static final String PAD = "<|endoftext|>", START = "<|im_start|>", END = "<|im_end|>";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SUBJECTS = List.of("the cat", "a small model", "my friend", "the teacher", "这只猫",
            "小模型", "我的朋友", "老师");
    private static final List<String> VERBS = List.of("reads", "trains on", "looks at", "writes", "阅读", "训练", "看着",
            "写下");
    private static final List<String> OBJECTS = List.of("the book.", "ten rows!", "a letter?", "the data 2024.", "一本书。",
            "十行数据!", "一封信?", "数据 2024。");

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

    /**
     * Writes tokenizer.json and tokenizer_config.json: 400 tokens, {@link #PAD} 397, {@link #START} 398, {@link #END}
     * 399 (the end token).
     *
     * @return the folder
     */
    public static Path write(Path folder) {
        new BpeTrainer(400, List.of(PAD, START, END), END, PAD).train(sentences(), folder);
        return folder;
    }

    /**
     * As {@link #write}, but the tokenizer puts {@link #PAD} before every text, as Llama's does with its begin token.
     *
     * @return the folder
     */
    public static Path writeWithBegin(Path folder) {
        try {
            Path json = write(folder).resolve("tokenizer.json"), config = folder.resolve("tokenizer_config.json");
            var root = (ObjectNode) JSON.readTree(json.toFile());
            root.set("post_processor", JSON.readTree("""
                    {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "B", "type_id": 0}}, \
                    {"Sequence": {"id": "A", "type_id": 0}}],
                     "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                     "special_tokens": {"B": {"id": "B", "ids": [397], "tokens": ["<|endoftext|>"]}}}"""));
            JSON.writeValue(json.toFile(), root);
            JSON.writeValue(config.toFile(), ((ObjectNode) JSON.readTree(config.toFile())).put("bos_token", PAD));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@link #write}, then read. To be closed by the caller. */
    public static Tokenizer make(Path folder) { return Tokenizer.read(write(folder)); }
}
