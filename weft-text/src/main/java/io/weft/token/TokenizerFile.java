package io.weft.token;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * A tokenizer.json, or one made of a tokenizer.model, while it is being read. Beside the file as it is, it gives a
 * guarded copy in which every special token is spelt as a secret word: in all other respects the same ids, but text
 * that merely looks like a special token is ordinary text to it. (Removing the special tokens instead would move the
 * ids of the added tokens after them.)
 */
final class TokenizerFile {
    private static final Set<String> MODELS = Set.of("BPE", "Unigram", "WordPiece", "WordLevel");
    private final Path path;
    private final ObjectNode root;
    private final Vocabulary vocabulary;
    private final Optional<SentencePieceFolder> sentencePiece;

    private TokenizerFile(Path path, ObjectNode root, Optional<SentencePieceFolder> sentencePiece) {
        this.path = path;
        this.root = root;
        this.vocabulary = new Vocabulary(path, root);
        this.sentencePiece = sentencePiece;
    }

    /**
     * tokenizer.json where there is one, else what tokenizer.model amounts to.
     *
     * @throws UserError when the folder holds neither that can be used, saying why
     */
    static TokenizerFile read(Path folder, TokenizerRule rule) {
        Path path = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(path)) {
            Path model = folder.resolve(SentencePieceFolder.FILE);
            if (!Files.isRegularFile(model)) {
                throw UserError.of(
                        say("%s: there is no such file, nor a tokenizer.model; a model folder needs one of the two",
                        path));
            }
            SentencePieceFolder read = SentencePieceFolder.read(folder, rule);
            return new TokenizerFile(model, read.root(), Optional.of(read));
        }
        ObjectNode root = JsonFile.object(path);
        JsonNode type = root.path("model").path("type");
        // files from before the type was written are BPE
        boolean untyped = type.isMissingNode() && root.path("model").has("merges");
        if (!untyped && !MODELS.contains(type.asText())) {
            throw UserError.of(say("%s: model.type is %s; expected BPE, Unigram, WordPiece or WordLevel",
                    path, type.isMissingNode() ? say("missing") : type));
        }
        // settings of whoever saved the file; lengths are Weft's to decide
        root.putNull("truncation").putNull("padding");
        return new TokenizerFile(path, root, Optional.empty());
    }

    Path path() { return path; }

    Vocabulary vocabulary() { return vocabulary; }

    /** What the folder says of its tokenizer.model, when there is no tokenizer.json. */
    Optional<SentencePieceFolder> sentencePiece() { return sentencePiece; }

    /** A native tokenizer of the file as it is.  @throws UserError when the native library refuses it */
    NativeTokenizer asWritten() { return load(root); }

    /**
     * A native tokenizer of the guarded copy: secret words in place of special tokens, among the added tokens and
     * wherever the model itself knows them.
     */
    NativeTokenizer guarded() {
        Map<String, String> guards = vocabulary.guardsBySpelling();
        ObjectNode copy = root.deepCopy(), model = (ObjectNode) copy.get("model");
        for (JsonNode added : copy.path("added_tokens")) {
            if (vocabulary.isSpecial(added.path("id").asInt())) {
                ((ObjectNode) added).put("content", guards.get(added.path("content").asText()));
            }
        }
        String unknown = guards.get(model.path("unk_token").asText());
        if (unknown != null) {
            model.put("unk_token", unknown);
        }
        if (model.get("vocab") instanceof ArrayNode pieces) {
            for (JsonNode piece : pieces) {
                String guard = guards.get(piece.path(0).asText());
                if (guard != null) {
                    ((ArrayNode) piece).remove(0);
                    ((ArrayNode) piece).insert(0, guard);
                }
            }
        } else {
            var words = (ObjectNode) model.get("vocab");
            guards.forEach((spelling, guard) -> {
                JsonNode id = words.remove(spelling);
                if (id != null) {
                    words.set(guard, id);
                }
            });
        }
        if (model.get("merges") instanceof ArrayNode merges) {
            var kept = JsonFile.JSON.createArrayNode();
            // nor may ordinary text be merged into a special token
            for (JsonNode merge : merges) {
                String[] parts = merge.isArray() ? new String[] {merge.path(0).asText(), merge.path(1).asText()}
                        : merge.asText().split(" ", 2);
                if (parts.length != 2 || !guards.containsKey(parts[0]) && !guards.containsKey(parts[1])
                        && !guards.containsKey(parts[0] + parts[1])) {
                    kept.add(merge);
                }
            }
            model.set("merges", kept);
        }
        return load(copy);
    }

    private NativeTokenizer load(JsonNode json) {
        try {
            return new NativeTokenizer(JsonFile.JSON.writeValueAsBytes(json));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException e) {
            throw UserError.of(say("%s: this tokenizer cannot be used (%s)", path, e.getMessage()), e);
        }
    }
}
