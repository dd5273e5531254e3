package io.weft.tune;

import io.weft.settings.Setting;
import io.weft.settings.Values.Matching;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/** What the ways of tuning that learn virtual tokens have in common in recipes and in PEFT's adapter_config.json. */
final class VirtualTokens {
    static final Setting LENGTH = Setting.of("length", new WholeNumber(1, 65_536), text("number of virtual tokens"))
            .fixed(text("the checkpoint holds so many")),
            INIT = Setting.of("init", OneOf.of(TokenStart.class),
            text("what the virtual tokens are before the first step")),
            WORDS = Setting.of("words", new Matching(Pattern.compile("(?s).*\\S.*"), text("a text that is not blank")),
            text("the words that they begin as, with init: words"))
            .optional("Translate into Chinese.", text("no words"));

    private VirtualTokens() {}

    /** Words are given exactly where the start asks for one. */
    static Map<String, String> conflicts(TokenStart init, Optional<String> words) {
        if (init == TokenStart.WORDS && words.isEmpty()) {
            return Map.of("init", say("words begins with the tokens of some words, and none are given; set words as "
                    + "well"));
        }
        return init == TokenStart.WORDS || words.isEmpty() ? Map.of()
                : Map.of("words", say("are given and not used, as init is %s; set init: words", init.word()));
    }

    /** PEFT's, of all these methods. @param width of a virtual token in one layer */
    static Map<String, Object> peftKeys(int length, int layers, long width) {
        Map<String, Object> keys = new HashMap<>();
        keys.put("num_layers", layers);
        keys.put("num_transformer_submodules", 1);
        keys.put("num_virtual_tokens", length);
        keys.put("token_dim", width);
        return keys;
    }

    /** Reads what {@link #peftKeys} writes; of the rest of them the file's tensor says as much. */
    static int length(PeftConfig config) {
        config.refuseUnless("num_transformer_submodules", List.of("1"), "");
        config.passOver(Set.of("num_layers", "num_attention_heads", "token_dim"));
        return config.wholeNumber("num_virtual_tokens", 1);
    }
}
