package io.weft.token.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

import static io.weft.problem.Language.say;

/**
 * A model folder whose tokenizer is a {@code tokenizer.model}, read as the Hugging Face stack reads it: the tokens that
 * tokenizer_config.json and added_tokens.json add follow the pieces, and a text begins with the begin token unless
 * {@code add_bos_token} is false (Llama's way, and that of transformers 4; version 5 leaves it away where there is no
 * tokenizer.json, with which such models were not trained), or with what the family's {@link TokenizerRule} says.
 *
 * @param root   the tokenizer.json that gives the same ids
 * @param tokens spelling of the begin, end and padding token where tokenizer_config.json names none, by its key there
 */
record SentencePieceFolder(SentencePieceModel model, ObjectNode root, Map<String, String> tokens) {
    static final String FILE = "tokenizer.model";

    /** @throws UserError when the model is broken or not to be reproduced, or the files beside it say something else */
    static SentencePieceFolder read(Path folder, TokenizerRule rule, TokenizerConfig config) {
        SentencePieceModel model = configured(SentencePieceModel.read(folder.resolve(FILE)), rule, config);
        ObjectNode root = SentencePieceJson.of(model);
        Map<Integer, ObjectNode> added = new TreeMap<>();
        Set<String> pieces = new HashSet<>();
        model.pieces().forEach(piece -> pieces.add(piece.text()));
        for (String command : rule.commands()) {
            int id = model.pieces().size() + added.size();
            added.put(id, SentencePieceJson.added(id, rule.spelling(command, pieces.contains(command)), true));
        }
        addConfigured(config, rule, model, pieces, added, (ArrayNode) root.get("added_tokens"));
        addNamed(config, model, added, (ArrayNode) root.get("added_tokens"));
        int next = model.pieces().size();
        for (var entry : added.entrySet()) {
            if (entry.getKey() != next++) {
                throw UserError.of(say("%s: no token has the id %d, though '%s' has %d; added tokens must follow the "
                        + "%d pieces of %s without a gap",
                        folder, next - 1, entry.getValue().path("content").asText(), entry.getKey(),
                        model.pieces().size(), FILE));
            }
        }
        ((ArrayNode) root.get("added_tokens")).addAll(added.values());
        List<Integer> before = new ArrayList<>(), after = new ArrayList<>();
        rule.prefix().forEach(command -> before.add(model.pieces().size() + rule.commands().indexOf(command)));
        if (rule.prefix().isEmpty()) {
            addIfWanted(config, "bos", true, model, model.begin(), added, before);
            addIfWanted(config, "eos", false, model, model.end(), added, after);
        }
        if (!before.isEmpty() || !after.isEmpty()) {
            root.set("post_processor", template(before, after));
        }
        String pad = rule.padsWithUnknown() ? model.unknown().text() : model.control(model.pad()).isPresent()
                ? model.pad() : "";
        return new SentencePieceFolder(model, root, Map.of("bos_token", model.control(model.begin()).isPresent()
                ? model.begin() : "",
                "eos_token", model.control(model.end()).isPresent() ? model.end() : "", "pad_token", pad));
    }

    /** The model as LlamaTokenizer's settings change it. */
    private static SentencePieceModel configured(SentencePieceModel model, TokenizerRule rule, TokenizerConfig config) {
        JsonNode space = config.get("add_prefix_space"), legacy = config.get("legacy");
        SentencePieceModel spaced = space.isBoolean() ? model.withDummyPrefix(space.asBoolean()) : model;
        return legacy.isBoolean() && !legacy.asBoolean() && rule.commands().isEmpty() ? spaced.withOnePrefix() : spaced;
    }

    /** Tokens of added_tokens_decoder in tokenizer_config.json, and of added_tokens.json. */
    private static void addConfigured(TokenizerConfig config, TokenizerRule rule, SentencePieceModel model,
            Set<String> pieces, Map<Integer, ObjectNode> added, ArrayNode special) {
        for (AddedToken token : config.addedTokens().values()) {
            String there = token.id() < model.pieces().size() ? model.pieces().get(token.id()).text()
                    : added.containsKey(token.id()) ? added.get(token.id()).path("content").asText() : null;
            // looked for in the text as it is, each part between two of them with a space of its own at its front
            AddedToken raw = token.normalized() ? token.asRaw() : token;
            if (token.content().equals(there)) {
                if (token.id() < model.pieces().size()) {
                    replace(special, raw);
                }
            } else if (there == null && !pieces.contains(token.content()) && !token.content().isEmpty()) {
                added.put(token.id(), raw.json());
            } else if (there == null || !there.equals(rule.spelling(token.content(), true))) {
                throw UserError.of(say("%s: token '%s' has the id %d, but %s has '%s' there; take the files of one "
                        + "model", config.fileOf(token.id()), token.content(), token.id(), FILE,
                        there == null ? "" : there));
            }
        }
    }

    /**
     * Tokens that the files beside it only give a part to play: control tokens, new ones where nobody has them. (An end
     * or begin token that nobody has is a mistake that TokenizerFile tells.)
     */
    private static void addNamed(TokenizerConfig config, SentencePieceModel model, Map<Integer, ObjectNode> added,
            ArrayNode special) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < model.pieces().size(); id++) {
            ids.put(model.pieces().get(id).text(), id);
        }
        added.forEach((id, token) -> ids.put(token.path("content").asText(), id));
        Set<String> ends = new HashSet<>();
        for (String key : List.of("bos_token", "eos_token")) {
            config.named(key).ifPresent(named -> ends.add(named.token().content()));
        }
        for (AddedToken token : config.specialTokens()) {
            Integer id = ids.get(token.content());
            if (id == null && !ends.contains(token.content())) {
                int next = model.pieces().size() + added.size();
                added.put(next, token.withId(next).asRaw().json());
                ids.put(token.content(), next);
            } else if (id != null && added.containsKey(id)) {
                added.get(id).put("special", true);
            } else if (id != null && !model.pieces().get(id).isSpecial()
                    && token.content().codePointCount(0, token.content().length()) > 1) {
                replace(special, token.withId(id).asRaw());
            }
        }
    }

    /** What the files beside it say of a piece: that it is a control token, and which spaces it takes with it. */
    private static void replace(ArrayNode special, AddedToken token) {
        for (int i = 0; i < special.size(); i++) {
            if (special.get(i).path("id").asInt() == token.id()) {
                special.set(i, token.asSpecial().json());
                return;
            }
        }
        if (token.special()) {
            special.add(token.json());
        }
    }

    private static void addIfWanted(TokenizerConfig config, String which, boolean usually,
            SentencePieceModel model, String usual, Map<Integer, ObjectNode> added,
            List<Integer> ids) {
        JsonNode wanted = config.get("add_" + which + "_token");
        String spelling = config.named(which + "_token").map(named -> named.token().content()).orElse(usual);
        OptionalInt id = model.control(spelling);
        if (id.isEmpty()) {
            id = added.entrySet().stream().filter(entry -> entry.getValue().path("content").asText().equals(spelling))
                    .mapToInt(Map.Entry::getKey).findFirst();
        }
        if (wanted.asBoolean(usually) && id.isPresent()) {
            ids.add(id.getAsInt());
        } else if (wanted.asBoolean(false)) {
            throw UserError.of(
                    say("%s: add_%s_token is true, but '%s' is no special token of %s; correct one of the two",
                    config.file(), which, spelling, FILE));
        }
    }

    private static ObjectNode template(List<Integer> before, List<Integer> after) {
        ObjectNode template = JsonNodeFactory.instance.objectNode()
                .put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        before.forEach(id -> single.addObject().putObject("SpecialToken").put("id", id.toString()).put("type_id", 0));
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        after.forEach(id -> single.addObject().putObject("SpecialToken").put("id", id.toString()).put("type_id", 0));
        ArrayNode pair = template.putArray("pair");
        pair.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
        ObjectNode special = template.putObject("special_tokens");
        List<Integer> all = new ArrayList<>(before);
        all.addAll(after);
        for (Integer id : all) {
            ObjectNode token = special.putObject(id.toString()).put("id", id.toString());
            token.putArray("ids").add(id);
            token.putArray("tokens").add(id.toString());
        }
        return template;
    }
}
