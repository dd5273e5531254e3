package io.weft.token.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import io.weft.problem.Translatable;
import io.weft.problem.UserError;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * A tokenizer.json, or one made of a tokenizer.model or of vocab.json and merges.txt, with what the files beside it
 * add. Beside the file as it is, it gives a guarded copy in which every special token is spelt as a secret word: in all
 * other respects the same ids, but text that merely looks like a special token is ordinary text to it. (Removing the
 * special tokens instead would move the ids of the added tokens after them.)
 */
public final class TokenizerFile {
    private final Path path;
    private final ObjectNode root;
    private final TokenizerConfig config;
    private final TokenizerRule rule;
    private final Vocabulary vocabulary;
    private final Optional<SentencePieceFolder> sentencePiece;
    private final List<Translatable> notes;

    private TokenizerFile(Path path, ObjectNode root, TokenizerConfig config, TokenizerRule rule,
            Optional<SentencePieceFolder> sentencePiece, List<Translatable> notes) {
        this.path = path;
        this.root = root;
        this.config = config;
        this.rule = rule;
        this.vocabulary = new Vocabulary(path, root);
        this.sentencePiece = sentencePiece;
        this.notes = notes;
    }

    /**
     * tokenizer.json where there is one, else what tokenizer.model, or vocab.json and merges.txt, amount to.
     *
     * @throws UserError when the folder holds none that can be used, saying why
     */
    public static TokenizerFile read(Path folder) {
        TokenizerRule rule = TokenizerRules.of(folder);
        TokenizerConfig config = TokenizerConfig.in(folder);
        List<Translatable> notes = new ArrayList<>();
        Path path = folder.resolve(ForeignFiles.WANTED), pieces = folder.resolve(SentencePieceFolder.FILE);
        boolean isJson = Files.isRegularFile(path);
        if (!isJson && Files.isRegularFile(pieces)) {
            ForeignFiles.refusePointer(pieces);
            ForeignFiles.refuseTiktoken(pieces);
            SentencePieceFolder read = SentencePieceFolder.read(folder, rule, config);
            TokenizerSettings.tell(config, read.root(), notes);
            return new TokenizerFile(pieces, read.root(), config, rule, Optional.of(read), notes);
        }
        if (isJson) {
            ForeignFiles.refusePointer(path);
        } else {
            path = BytePairFolder.requireVocabulary(folder, config);
        }
        ObjectNode root = isJson ? JsonFile.object(path) : BytePairFolder.read(folder, config);
        TokenizerParts.checkModel(path.toString(), root);
        TokenizerParts.tellUnknownKeys(path.toString(), root, notes);
        TokenizerParts.checkTemplates(path.toString(), root.path("post_processor"));
        TokenizerParts.checkDecoder(path.toString(), root.path("decoder"));
        TokenizerParts.checkPrefix(path.toString(), root.path("model"));
        // settings of whoever saved the file; lengths are Weft's to decide, and transformers lets each call decide, too
        root.putNull("truncation").putNull("padding");
        TokenizerSettings.apply(path.toString(), config, root, notes);
        AddedTokens.merge(config, path.toString(), root, notes);
        return new TokenizerFile(path, root, config, rule, Optional.empty(), notes);
    }

    public Path path() { return path; }

    public TokenizerRule rule() { return rule; }

    public Vocabulary vocabulary() { return vocabulary; }

    /** What somebody who reads the files might expect otherwise. */
    public List<Translatable> notes() { return List.copyOf(notes); }

    /** Decoding as SentencePiece has it, when there is no tokenizer.json. */
    public Optional<SentencePieceDecoder> decoder() {
        return sentencePiece.map(folder -> new SentencePieceDecoder(folder.model(), vocabulary));
    }

    /**
     * The id of the token that has a part to play, as the files beside the tokenizer name it, or else tokenizer.model.
     *
     * @param key {@code bos_token}, {@code eos_token} or {@code pad_token}
     * @throws UserError when a begin or end token is not in the vocabulary
     */
    public OptionalInt named(String key) {
        Optional<TokenizerConfig.Named> named = config.named(key);
        if (named.isPresent()) {
            String token = named.get().token().content();
            OptionalInt id = vocabulary.id(token);
            if (id.isEmpty() && !key.equals("pad_token")) {          // Weft never pads
                throw UserError.of(say("%s: %s is '%s', which is not in the vocabulary of %s; correct one of the two",
                        named.get().file(), key, token, path.getFileName()));
            }
            return id;
        }
        return sentencePiece.map(read -> vocabulary.id(read.tokens().get(key))).orElse(OptionalInt.empty());
    }

    /**
     * Tells where tokenizer_config.json wants a begin or end token around every text, and the file does otherwise.
     *
     * @param before ids that the tokenizer puts before every text  @param after and behind it
     */
    public List<Translatable> notesOnBorders(int[] before, int[] after) {
        List<Translatable> told = new ArrayList<>();
        for (String which : new String[] {"bos", "eos"}) {
            JsonNode wanted = config.get("add_" + which + "_token");
            OptionalInt id = named(which + "_token");
            boolean is = id.isPresent() && contains(which.equals("bos") ? before : after, id.getAsInt());
            if (sentencePiece.isEmpty() && wanted.isBoolean() && wanted.asBoolean() != is) {
                told.add(text("%s: add_%s_token is %s, but the post_processor of %s decides, as in transformers 5, and "
                        + "it says otherwise", config.file(), which, wanted.asText(), path.getFileName()));
            }
        }
        if (after.length > 0) {
            told.add(text("%s puts '%s' behind every text; Weft puts it behind no prompt, and ends answers by its own "
                    + "rule", path, vocabulary.token(after[0])));
        }
        return told;
    }

    private static boolean contains(int[] ids, int id) {
        for (int each : ids) {
            if (each == id) {
                return true;
            }
        }
        return false;
    }

    /** A native tokenizer of the file as it is.  @throws UserError when the native library refuses it */
    public NativeTokenizer asWritten() { return load(root); }

    /**
     * A native tokenizer of the guarded copy: secret words in place of special tokens, among the added tokens and
     * wherever the model itself knows them.
     */
    public NativeTokenizer guarded() {
        Map<String, String> guards = vocabulary.guardsBySpelling();
        ObjectNode copy = root.deepCopy(), model = (ObjectNode) copy.get("model");
        for (JsonNode added : copy.path("added_tokens")) {
            String guard = guards.get(added.path("content").asText());
            if (guard != null) {
                ((ObjectNode) added).put("content", guard);
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
            // also words that share the id of a special token, which no text may reach either
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

    private NativeTokenizer load(ObjectNode json) {
        try {
            return new NativeTokenizer(JsonFile.JSON.writeValueAsBytes(json));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException e) {
            throw TokenizerParts.refused(path.toString(), root);
        }
    }
}
