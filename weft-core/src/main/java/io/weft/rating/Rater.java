package io.weft.rating;

import io.weft.problem.UserError;
import java.text.Normalizer;
import java.util.Locale;

import static io.weft.problem.Language.say;

/** Who judges. @param name as they give it, without space around it */
public record Rater(String name, Kind kind) {
    /** Longest name, in characters. */
    public static final int LONGEST = 60;

    /** People and models are never counted together. */
    public enum Kind {
        HUMAN, MODEL;

        /** As ratings.jsonl has it. */
        public String word() { return name().toLowerCase(Locale.ROOT); }
    }

    /** @throws UserError when the name is empty, too long or holds what no name does */
    public static Rater human(String name) { return new Rater(checked(name), Kind.HUMAN); }

    /** @throws UserError as {@link #human} */
    public static Rater model(String name) { return new Rater(checked(name), Kind.MODEL); }

    /** The same name typed on two keyboards is the same: its accents are composed. */
    private static String checked(String name) {
        String composed = Normalizer.normalize(name, Normalizer.Form.NFC).strip();
        if (composed.isEmpty()) {
            throw UserError.of(say("the rater's name is empty; give the name by which the judgements are kept"));
        }
        if (composed.length() > LONGEST) {
            throw UserError.of(say("the rater's name has %d characters; at most %d", composed.length(), LONGEST));
        }
        if (composed.codePoints().anyMatch(c -> Character.getType(c) == Character.CONTROL
                || Character.getType(c) == Character.FORMAT)) {
            throw UserError.of(say("the rater's name holds a control character; type it anew"));
        }
        return composed;
    }
}
