package io.weft.data.augment;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a model is asked for a paraphrase, and whether it is one; and how its answers are read. */
public final class ModelQuestions {
    private static final JsonNode WORDS = JsonFile.beside(ModelQuestions.class, "questions.json");
    private static final Pattern LABEL = pattern("label"), YES = pattern("yes"), QUOTES = pattern("quotes");

    private ModelQuestions() {}

    private static Pattern pattern(String name) { return Pattern.compile(WORDS.path(name).asText()); }

    /** Asks for the instruction in other words, in its own language. */
    public static String paraphrase(String head) { return question("paraphrase", head, head); }

    /** Asks whether two instructions ask for the same. */
    public static String agreement(String head, String variant) { return question("agreement", head, head, variant); }

    /** @param head in whose language it is asked */
    private static String question(String name, String head, Object... texts) {
        return String.format(WORDS.path(Agreement.isChinese(head) ? "zh" : "en").path(name).asText(), texts);
    }

    /** The paraphrase in an answer, without label and quotes around it; empty where it is not one line. */
    public static Optional<String> paraphraseIn(String answer, String head) {
        String line = LABEL.matcher(answer.strip()).replaceFirst("").strip();
        var quoted = QUOTES.matcher(line);
        boolean own = QUOTES.matcher(head).matches();
        String text = !own && quoted.matches() ? quoted.group(1).strip() : line;
        return text.isEmpty() || text.indexOf('\n') >= 0 ? Optional.empty() : Optional.of(text);
    }

    /** Whether an answer says yes; anything but a yes is a no. */
    public static boolean isYes(String answer) {
        return YES.matcher(answer.strip().toLowerCase(Locale.ROOT).replaceFirst("^[\"“*]+", "").split("\n", 2)[0])
                .matches();
    }
}
