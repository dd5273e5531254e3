package io.weft.token.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.Translatable;
import io.weft.problem.UserError;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * The added tokens of a tokenizer.json together with those that the files beside it name, as transformers 5 puts them
 * together (_from_pretrained and TokenizersBackend; transformers 4 has the same order). An id is not taken from the
 * files: a token that the model's vocabulary holds has the id there, any other the next free one, as the tokenizers
 * library counts.
 */
final class AddedTokens {
    private static final int TOLD = 5;
    private final String place;
    private final JsonNode vocabulary;
    private final Map<String, Integer> places = new HashMap<>();     // of a vocabulary that is a list
    private final Map<String, AddedToken> tokens = new LinkedHashMap<>();
    private int highest = -1;

    private AddedTokens(String place, JsonNode vocabulary) {
        this.place = place;
        this.vocabulary = vocabulary;
        for (int id = 0; vocabulary.isArray() && id < vocabulary.size(); id++) {
            places.put(vocabulary.get(id).path(0).asText(), id);
        }
    }

    private boolean isWord(String content) {
        return vocabulary.isArray() ? places.containsKey(content) : vocabulary.has(content);
    }

    private int idOfWord(String content) {
        return vocabulary.isArray() ? places.get(content) : vocabulary.path(content).asInt(-1);
    }

    /**
     * Puts all of them into the file.
     *
     * @param root  of tokenizer.json; its added_tokens are replaced
     * @param notes gains what a reader of the files would not expect
     * @throws UserError when an entry is none
     */
    static void merge(TokenizerConfig config, String place, ObjectNode root, List<Translatable> notes) {
        var all = new AddedTokens(place, root.path("model").path("vocab"));
        JsonNode own = root.path("added_tokens");
        if (!own.isMissingNode() && !own.isNull() && !own.isArray()) {
            throw UserError.of(say("%s: added_tokens should be a list; fetch the file again", place));
        }
        Map<String, Integer> asked = new LinkedHashMap<>();
        Map<Integer, AddedToken> fromFile = new TreeMap<>();
        for (JsonNode entry : own) {
            AddedToken token = AddedToken.of(place + " added_tokens", entry.path("id").asInt(-1), entry);
            all.add(token);
            asked.put(token.content(), token.id());
            fromFile.put(token.id(), token);
        }
        for (AddedToken token : config.addedTokens(fromFile)) {
            asked.putIfAbsent(token.content(), token.id());
            all.add(token);
        }
        config.specialTokens().forEach(all::addSpecial);
        for (String key : List.of("bos_token", "eos_token")) {
            config.named(key).filter(named -> all.isNew(named.token().content(), asked)).ifPresent(named ->
                    notes.add(text("%s: %s '%s' is no token of %s; as with transformers it becomes a new one, id %d, "
                    + "which the model has never seen", named.file(), key, named.token().content(), place,
                    all.tokens.get(named.token().content()).id())));
        }
        all.tell(asked, notes);
        root.set("added_tokens", all.json());
    }

    private boolean isNew(String content, Map<String, Integer> asked) {
        return !asked.containsKey(content) && !isWord(content) && tokens.containsKey(content);
    }

    /** As add_tokens of the tokenizers library; what was special stays so. */
    private void add(AddedToken token) {
        AddedToken there = tokens.get(token.content());
        if (token.content().isEmpty() || token.sameAs(there)) {
            return;
        }
        int id = there != null ? there.id() : isWord(token.content()) ? idOfWord(token.content()) : next();
        AddedToken added = token.withId(id);
        boolean special = added.special() || there != null && there.special();
        tokens.put(token.content(), special ? control(added) : added);
        highest = Math.max(highest, id);
    }

    private int next() { return Math.max(highest + 1, vocabulary.size()); }

    /**
     * A token with a part to play. transformers leaves the flags of one that is added already as they are; here it is a
     * control token in any case, so that no user's text is taken for it, which changes no id.
     */
    private void addSpecial(AddedToken token) {
        AddedToken there = tokens.get(token.content());
        if (there != null) {
            tokens.put(token.content(), control(there));
        } else {
            add(token.asSpecial());
        }
    }

    /**
     * Special, unless it is a character of the vocabulary (pad_token "!" is found in published folders): text could
     * not be told without it.
     */
    private AddedToken control(AddedToken token) {
        boolean character = token.content().codePointCount(0, token.content().length()) == 1
                && isWord(token.content());
        return character ? token.asOrdinary() : token.asSpecial();
    }

    private void tell(Map<String, Integer> asked, List<Translatable> notes) {
        Map<Integer, String> words = words();
        int told = 0;
        for (AddedToken token : tokens.values()) {
            int wanted = asked.getOrDefault(token.content(), token.id());
            String word = words.get(token.id());
            boolean shared = word != null && !word.equals(token.content());
            if (wanted < 0 || wanted == token.id() && !shared || told++ >= TOLD) {
                continue;
            }
            notes.add(shared ? text("%s: the added token '%s' gets the id %d, which '%s' has already; Hugging Face "
                    + "tokenizers gives it the same, because ids in model.vocab are missing", place, token.content(),
                    token.id(), word)
                    : text("%s: the added token '%s' is written with id %d and has id %d, as Hugging Face tokenizers "
                    + "counts", place, token.content(), wanted, token.id()));
        }
    }

    /** Words of the model with the id of an added token. */
    private Map<Integer, String> words() {
        BitSet ids = new BitSet();
        tokens.values().stream().filter(token -> token.id() >= 0).forEach(token -> ids.set(token.id()));
        Map<Integer, String> words = new HashMap<>();
        places.forEach((word, id) -> words.put(id, word));
        vocabulary.properties().forEach(entry -> {
            int id = entry.getValue().asInt(-1);
            if (id >= 0 && ids.get(id)) {
                words.put(id, entry.getKey());
            }
        });
        return words;
    }

    private ArrayNode json() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        tokens.values().forEach(token -> all.add(token.json()));
        return all;
    }
}
