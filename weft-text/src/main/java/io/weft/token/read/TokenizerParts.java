package io.weft.token.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import io.weft.problem.Translatable;
import io.weft.problem.UserError;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * The parts of a tokenizer.json with the types and keys that Hugging Face tokenizers 0.21 knows (its src/normalizers,
 * pre_tokenizers, processors, decoders and models), to say which part of a file is at fault where the library only says
 * that nothing fits, and to find keys that nobody would read.
 */
final class TokenizerParts {
    private static final String BYTES = "add_prefix_space trim_offsets use_regex",
            METASPACE = "replacement add_prefix_space prepend_scheme split str_rep";
    private static final Set<String> TOP = keys("version truncation padding added_tokens normalizer pre_tokenizer "
            + "post_processor decoder model");
    private static final Map<String, Map<String, Set<String>>> KNOWN = Map.of(
            "normalizer", types("BertNormalizer", "clean_text handle_chinese_chars strip_accents lowercase",
                    "Strip", "strip_left strip_right", "StripAccents", "", "NFC", "", "NFD", "", "NFKC", "",
                    "NFKD", "", "Sequence", "normalizers", "Lowercase", "", "Nmt", "",
                    "Precompiled", "precompiled_charsmap", "Replace", "pattern content", "Prepend", "prepend",
                    "ByteLevel", ""),
            "pre_tokenizer", types("BertPreTokenizer", "", "ByteLevel", BYTES, "CharDelimiterSplit", "delimiter",
                    "Metaspace", METASPACE, "Whitespace", "", "Sequence", "pretokenizers",
                    "Split", "pattern behavior invert", "Punctuation", "behavior", "WhitespaceSplit", "",
                    "Digits", "individual_digits", "UnicodeScripts", "", "FixedLength", "length"),
            "post_processor", types("RobertaProcessing", "sep cls trim_offsets add_prefix_space",
                    "BertProcessing", "sep cls", "ByteLevel", BYTES, "TemplateProcessing", "single pair special_tokens",
                    "Sequence", "processors"),
            "decoder", types("BPEDecoder", "suffix", "ByteLevel", BYTES, "WordPiece", "prefix cleanup",
                    "Metaspace", METASPACE, "CTC", "pad_token word_delimiter_token cleanup", "Sequence", "decoders",
                    "Replace", "pattern content", "Fuse", "", "Strip", "content start stop", "ByteFallback", ""),
            "model", types("BPE", "dropout unk_token continuing_subword_prefix end_of_word_suffix fuse_unk "
                    + "byte_fallback ignore_merges vocab merges",
                    "WordPiece", "unk_token continuing_subword_prefix max_input_chars_per_word vocab",
                    "WordLevel", "unk_token vocab", "Unigram", "unk_id vocab byte_fallback"));
    private static final List<String> PARTS = List.of("normalizer", "pre_tokenizer", "post_processor", "decoder");
    private static final List<String> SEQUENCES = List.of("normalizers", "pretokenizers", "processors", "decoders");

    private TokenizerParts() {}

    private static Set<String> keys(String list) { return list.isEmpty() ? Set.of() : Set.of(list.split(" ")); }

    private static Map<String, Set<String>> types(String... namesAndKeys) {
        Map<String, Set<String>> types = new TreeMap<>();
        for (int i = 0; i < namesAndKeys.length; i += 2) {
            types.put(namesAndKeys[i], keys(namesAndKeys[i + 1]));
        }
        return types;
    }

    /** Tells keys that are set and that this version does not know. */
    static void tellUnknownKeys(String place, JsonNode root, List<Translatable> notes) {
        Set<String> found = new TreeSet<>();
        KNOWN.forEach((part, types) -> collectUnknown(part, types, root.path(part), found));
        if (!found.isEmpty()) {
            notes.add(text("%s: Weft does not know %s and goes on without; if ids differ from those of Hugging Face "
                    + "tokenizers, that is why", place, String.join(", ", found)));
        }
    }

    private static void collectUnknown(String part, Map<String, Set<String>> types, JsonNode value, Set<String> found) {
        if (!value.isObject()) {
            return;
        }
        String type = value.path("type").asText(part.equals("model") ? "BPE" : "");
        Set<String> known = types.get(type);
        value.properties().forEach(entry -> {
            if (known != null && !entry.getKey().equals("type") && !known.contains(entry.getKey())
                    && !entry.getValue().isNull()) {
                found.add(part + "." + entry.getKey());
            }
        });
        SEQUENCES.forEach(list -> value.path(list).forEach(child -> collectUnknown(part, types, child, found)));
    }

    /** @throws UserError when the model is of no known type */
    static void checkModel(String place, JsonNode root) {
        JsonNode version = root.path("version");
        if (!version.isMissingNode() && !version.asText().equals("1.0")) {
            throw UserError.of(say("%s: version is %s; Weft reads version \"1.0\". Save the tokenizer again with "
                    + "Hugging Face tokenizers up to 0.21", place, version));
        }
        for (var entry : root.properties()) {
            if (!TOP.contains(entry.getKey())) {
                throw UserError.of(say("%s: '%s' is no part of a tokenizer.json that Weft knows (known: %s). The file "
                        + "is damaged or newer than Weft: fetch it again, or save the tokenizer with an older Hugging "
                        + "Face tokenizers", place, entry.getKey(), String.join(", ", new TreeSet<>(TOP))));
            }
        }
        JsonNode model = root.path("model");
        if (!model.isObject() && !model.isMissingNode()) {
            throw UserError.of(say("%s: model is %s; expected an object {…} with type and vocab. Fetch the file again",
                    place, shortened(model)));
        }
        JsonNode type = model.path("type");
        // files from before the type was written are BPE
        boolean untyped = type.isMissingNode() && model.has("merges");
        if (!untyped && !KNOWN.get("model").containsKey(type.asText())) {
            throw UserError.of(say("%s: model.type is %s; expected BPE, Unigram, WordPiece or WordLevel",
                    place, type.isMissingNode() ? say("missing") : type));
        }
    }

    /**
     * What the library does not look at when it reads a file, and ends the process for when it encodes.
     *
     * @throws UserError when a template of the post_processor names a token that it does not explain
     */
    static void checkTemplates(String place, JsonNode processor) {
        processor.path("processors").forEach(each -> checkTemplates(place, each));
        if (!processor.path("type").asText().equals("TemplateProcessing")) {
            return;
        }
        for (String form : List.of("single", "pair")) {
            for (JsonNode piece : processor.path(form)) {
                JsonNode id = piece.path("SpecialToken").path("id");
                JsonNode token = processor.path("special_tokens").path(id.asText());
                if (!id.isMissingNode() && (!token.path("ids").isArray() || token.path("ids").isEmpty())) {
                    throw UserError.of(say("%s: post_processor.%s puts '%s' around a text, but special_tokens does not "
                            + "say which ids that is; correct the two, or fetch the file again", place, form,
                            id.asText()));
                }
            }
        }
    }

    /**
     * As {@link #checkTemplates}, of a decoder that takes away from the end of each token, which may be shorter.
     *
     * @throws UserError naming it
     */
    static void checkDecoder(String place, JsonNode decoder) {
        decoder.path("decoders").forEach(each -> checkDecoder(place, each));
        if (decoder.path("type").asText().equals("Strip") && decoder.path("stop").asDouble() > 0) {
            throw UserError.of(say("%s: decoder of type \"Strip\" has stop %s, which Weft does not compute; set it to 0"
                    + ", which changes decoded text only", place, decoder.path("stop")));
        }
    }

    /**
     * As {@link #checkTemplates}, of merges that are not spelt as continuing_subword_prefix says.
     *
     * @throws UserError naming the first of them
     */
    static void checkPrefix(String place, JsonNode model) {
        String prefix = model.path("continuing_subword_prefix").asText("");
        if (model.path("continuing_subword_prefix").isTextual() && !prefix.isEmpty()) {
            for (JsonNode merge : model.path("merges")) {
                List<String> pair = pair(merge);
                if (pair.size() == 2 && !pair.get(1).startsWith(prefix)) {
                    throw UserError.of(say("%s: model.continuing_subword_prefix is '%s', but '%s' of model.merges does "
                            + "not begin with it; correct one of the two, or fetch the file again", place, prefix,
                            pair.get(1)));
                }
            }
        }
    }

    /** Why the library refused a file: the part at fault, in words of the file. */
    static UserError refused(String place, ObjectNode root) {
        for (String part : PARTS) {
            JsonNode value = root.path(part);
            if (!value.isMissingNode() && !value.isNull() && !loads(part, value)) {
                return atFault(place, part, part, value);
            }
        }
        String model = modelFault(root.path("model"));
        return UserError.of(model.isEmpty() ? say("%s: its parts do not fit together, though each can be read alone; "
                + "fetch the file again, or save the tokenizer again with Hugging Face tokenizers up to 0.21", place)
                : say("%s: %s; the file is damaged or the files are of two models: fetch it again", place, model));
    }

    private static UserError atFault(String place, String part, String path, JsonNode value) {
        Map<String, Set<String>> types = KNOWN.get(part);
        if (!value.isObject()) {
            return UserError.of(say("%s: %s is %s; expected an object {…} with a type, or null. Fetch the file again",
                    place, path, shortened(value)));
        }
        JsonNode type = value.path("type");
        if (!types.containsKey(type.asText())) {
            return UserError.of(say("%s: %s has the type %s, which Weft cannot compute (known: %s). The file is "
                    + "damaged or newer than Weft: fetch it again, or save the tokenizer with an older Hugging Face "
                    + "tokenizers", place, path, type.isMissingNode() ? say("missing") : shortened(type),
                    String.join(", ", types.keySet())));
        }
        for (String list : SEQUENCES) {
            JsonNode children = value.path(list);
            for (int i = 0; children.isArray() && i < children.size(); i++) {
                if (!loads(part, children.get(i))) {
                    return atFault(place, part, path + "." + list + "[" + i + "]", children.get(i));
                }
            }
        }
        Set<String> set = new TreeSet<>();
        value.properties().stream().filter(entry -> !entry.getKey().equals("type"))
                .forEach(entry -> set.add(entry.getKey() + ": " + shortened(entry.getValue())));
        return UserError.of(say("%s: %s has the type %s, but its settings do not fit it (found %s; it takes %s). The "
                + "file is damaged or newer than Weft: fetch it again, or save the tokenizer with an older Hugging "
                + "Face tokenizers", place, path, shortened(type),
                set.isEmpty() ? say("none") : String.join(", ", set),
                types.get(type.asText()).isEmpty() ? say("none")
                : String.join(", ", new TreeSet<>(types.get(type.asText())))));
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    /** Whether the library takes a part in a file of which nothing else can be wrong. */
    private static boolean loads(String part, JsonNode value) {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", "1.0");
        root.putArray("added_tokens");
        root.set(part, value);
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putObject("vocab").put("a", 0);
        model.putArray("merges");
        return loads(root);
    }

    private static boolean loads(JsonNode root) {
        try (var tokenizer = new NativeTokenizer(JsonFile.JSON.writeValueAsBytes(root))) {
            return true;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What is wrong with the model, or "". */
    private static String modelFault(JsonNode model) {
        JsonNode vocabulary = model.path("vocab");
        String type = model.path("type").asText("BPE");
        if (type.equals("Unigram") != vocabulary.isArray()) {
            return say("model.vocab does not fit model.type %s, which takes %s", type, type.equals("Unigram")
                    ? say("a list of [piece, score]") : say("an object of ids by token"));
        }
        if (type.equals("Unigram")) {
            return unigramFault(model, vocabulary);
        }
        JsonNode unknown = model.path("unk_token");
        if (!unknown.isMissingNode() && !unknown.isNull() && !unknown.isTextual()) {
            return say("model.unk_token is %s; expected a token or null", shortened(unknown));
        }
        for (var entry : vocabulary.properties()) {
            if (!entry.getValue().isIntegralNumber()) {
                return say("model.vocab gives '%s' the id %s; expected a number", entry.getKey(),
                        shortened(entry.getValue()));
            }
        }
        String merges = type.equals("BPE") ? mergeFault(model, vocabulary) : "";
        return merges.isEmpty() ? settingFault(type, model) : merges;
    }

    private static String unigramFault(JsonNode model, JsonNode pieces) {
        for (int id = 0; id < pieces.size(); id++) {
            JsonNode piece = pieces.get(id);
            if (piece.size() != 2 || !piece.path(0).isTextual() || !piece.path(1).isNumber()) {
                return say("model.vocab[%d] is %s; expected [piece, score]", id, shortened(piece));
            }
        }
        JsonNode unknown = model.path("unk_id");
        if (!unknown.isMissingNode() && !unknown.isNull()
                && (!unknown.isIntegralNumber() || unknown.asInt() < 0 || unknown.asInt() >= pieces.size())) {
            return say("model.unk_id is %s; expected a place in model.vocab, 0 to %d, or null", shortened(unknown),
                    pieces.size() - 1);
        }
        return settingFault("Unigram", model);
    }

    private static String mergeFault(JsonNode model, JsonNode vocabulary) {
        JsonNode merges = model.path("merges");
        if (!merges.isArray()) {
            return say("model.merges is %s; expected a list of pairs",
                    merges.isMissingNode() ? say("missing") : shortened(merges));
        }
        String prefix = model.path("continuing_subword_prefix").asText("");
        for (int i = 0; i < merges.size(); i++) {
            JsonNode merge = merges.get(i);
            List<String> pair = pair(merge);
            if (pair.size() != 2 || pair.get(0).isEmpty() || pair.get(1).isEmpty()) {
                return say("model.merges[%d] is %s; expected two tokens, \"a b\" or [\"a\", \"b\"]", i,
                        shortened(merge));
            }
            String right = model.path("continuing_subword_prefix").isTextual() && pair.get(1).startsWith(prefix)
                    ? pair.get(1).substring(prefix.length()) : pair.get(1);
            for (String token : List.of(pair.get(0), pair.get(1), pair.get(0) + right)) {
                if (!vocabulary.has(token)) {
                    return say("model.merges[%d] (%s) needs the token '%s', which model.vocab does not have", i,
                            shortened(merge), token);
                }
            }
        }
        return "";
    }

    private static List<String> pair(JsonNode merge) {
        List<String> pair = new ArrayList<>();
        if (merge.isTextual()) {
            pair.addAll(List.of(merge.asText().split(" ", -1)));
        } else {
            merge.forEach(part -> pair.add(part.isTextual() ? part.asText() : part.toString()));
        }
        return pair;
    }

    private static String settingFault(String type, JsonNode model) {
        Set<String> set = new TreeSet<>();
        model.properties().stream().filter(entry -> !Set.of("type", "vocab", "merges").contains(entry.getKey()))
                .forEach(entry -> set.add(entry.getKey() + ": " + shortened(entry.getValue())));
        ObjectNode bare = JsonNodeFactory.instance.objectNode().put("version", "1.0");
        bare.putArray("added_tokens");
        bare.set("model", model);
        return loads(bare) ? "" : say("the settings of model (%s) do not fit its type %s",
                String.join(", ", set), type);
    }
}
