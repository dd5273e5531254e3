package io.weft.token.read;

import java.nio.file.Path;
import java.util.List;

/** The families whose tokenizers have rules of their own. */
public final class TokenizerRules {
    static final List<TokenizerRule> BUILT_IN = List.of(new ChatGlmRule());
    private static final TokenizerRule NONE = new TokenizerRule() {
        @Override public boolean isFor(Path folder) { return true; }

        @Override public List<String> commands() { return List.of(); }

        @Override public List<String> prefix() { return List.of(); }

        @Override public List<String> turnEnds() { return List.of(); }
    };

    private TokenizerRules() {}

    /** The rule of a folder, which for most says nothing. */
    public static TokenizerRule of(Path folder) {
        return BUILT_IN.stream().filter(rule -> rule.isFor(folder)).findFirst().orElse(NONE);
    }
}
