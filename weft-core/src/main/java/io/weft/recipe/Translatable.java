package io.weft.recipe;

import io.weft.problem.Language;

import static io.weft.problem.Language.say;

/** A text in both languages, for texts that are made before the reader's language is known. Printed, it is in the language of the process. */
record Translatable(String english, String chinese) {
    /** The text in one language, whatever the process speaks. */
    String in(Language language) { return language == Language.CHINESE ? chinese : english; }

    @Override public String toString() { return say(english, chinese); }
}
