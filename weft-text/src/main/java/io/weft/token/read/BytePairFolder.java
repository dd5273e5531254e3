package io.weft.token.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * A folder with vocab.json and merges.txt, which GPT-2 and Qwen2 were published with, as the tokenizer.json that
 * transformers makes of them (GPT2Tokenizer and Qwen2Tokenizer of version 5; the converters of version 4 make the
 * same). How text is cut before pairs are joined stands in neither file, so the class or the model must be known.
 */
final class BytePairFolder {
    private static final String VOCABULARY = "vocab.json", MERGES = "merges.txt";
    // tokenization_qwen2.py, PRETOKENIZE_REGEX
    private static final String QWEN2_WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final List<String> QWEN2 = List.of("qwen2", "qwen2_moe", "qwen3", "qwen3_moe"),
            GPT2 = List.of("gpt2");

    private BytePairFolder() {}

    private enum Kind { GPT2, QWEN2, OTHER }

    /** @throws UserError when the folder lacks one of the two files, or nothing says how text is cut */
    static Path requireVocabulary(Path folder, TokenizerConfig config) {
        Path vocabulary = folder.resolve(VOCABULARY);
        if (!Files.isRegularFile(vocabulary) || !Files.isRegularFile(folder.resolve(MERGES))) {
            throw ForeignFiles.missing(folder);
        }
        ForeignFiles.refusePointer(vocabulary);
        ForeignFiles.refusePointer(folder.resolve(MERGES));
        if (kind(config) == Kind.OTHER) {
            throw UserError.of(say("%s: there is no tokenizer.json, and how text is cut for vocab.json and merges.txt "
                    + "is known for GPT2Tokenizer and Qwen2Tokenizer only (tokenizer_class is %s). %s", folder,
                    config.tokenizerClass().isEmpty() ? say("missing") : config.tokenizerClass(),
                    ForeignFiles.convert(folder)));
        }
        return vocabulary;
    }

    private static Kind kind(TokenizerConfig config) {
        String name = config.tokenizerClass();
        if (name.equals("GPT2Tokenizer") || name.isEmpty() && GPT2.contains(config.modelType())) {
            return Kind.GPT2;
        }
        return name.equals("Qwen2Tokenizer") || name.isEmpty() && QWEN2.contains(config.modelType()) ? Kind.QWEN2
                : Kind.OTHER;
    }

    /** The tokenizer.json that gives the same ids.  @throws UserError when a file is broken */
    static ObjectNode read(Path folder, TokenizerConfig config) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        ObjectNode root = json.objectNode().put("version", "1.0");
        root.putArray("added_tokens");
        boolean qwen = kind(config) == Kind.QWEN2;
        ObjectNode bytes = json.objectNode().put("type", "ByteLevel").put("add_prefix_space", false)
                .put("trim_offsets", true).put("use_regex", !qwen);
        if (qwen) {
            root.putObject("normalizer").put("type", "NFC");
            ArrayNode steps = root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
            steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false)
                    .putObject("pattern").put("Regex", QWEN2_WORDS);
            steps.add(bytes);
        } else {
            root.set("pre_tokenizer", bytes);
        }
        root.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", true)
                .put("use_regex", true);
        ObjectNode model = root.putObject("model").put("type", "BPE").put("continuing_subword_prefix", "")
                .put("end_of_word_suffix", "").put("fuse_unk", false).put("byte_fallback", false);
        JsonNode vocabulary = JsonFile.object(folder.resolve(VOCABULARY));
        model.set("vocab", vocabulary);
        ArrayNode merges = model.putArray("merges");
        lines(folder.resolve(MERGES), merges);
        return root;
    }

    private static void lines(Path file, ArrayNode merges) {
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).strip();
                if (line.isEmpty() || i == 0 && line.startsWith("#version")) {
                    continue;
                }
                String[] pair = line.split(" ");
                if (pair.length != 2) {
                    throw UserError.of(say("%s line %d: '%s'; expected two tokens with a space between them. Fetch the "
                            + "file again", file, i + 1, line));
                }
                merges.addArray().add(pair[0]).add(pair[1]);
            }
        } catch (CharacterCodingException e) {
            throw UserError.of(say("%s is not UTF-8 text; save it as UTF-8", file), e);
        } catch (IOException e) {
            throw UserError.of(say("%s: cannot be read (%s)", file, e.getMessage()), e);
        }
    }
}
