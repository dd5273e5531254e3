package io.weft.rating.judge;

import io.weft.rating.Preference;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a judge's reply says, by the last brackets in it: models repeat the form before they fill it in. */
record JudgeReply(Optional<Preference> verdict, OptionalInt a, OptionalInt b) {
    private static final Pattern VERDICT = Pattern.compile("\\[\\[\\s*([ABCD])\\s*]]"),
            SCORE = Pattern.compile("\\[\\[\\s*([AB])\\s*[:：=]\\s*([1-5])\\s*]]");

    static JudgeReply of(String text) {
        Optional<Preference> verdict = Optional.empty();
        for (Matcher found = VERDICT.matcher(text); found.find();) {
            verdict = Optional.of(switch (found.group(1)) {
                case "A" -> Preference.LEFT;
                case "B" -> Preference.RIGHT;
                case "C" -> Preference.TIE;
                default -> Preference.BOTH_BAD;
            });
        }
        OptionalInt a = OptionalInt.empty(), b = OptionalInt.empty();
        for (Matcher found = SCORE.matcher(text); found.find();) {
            OptionalInt score = OptionalInt.of(Integer.parseInt(found.group(2)));
            a = found.group(1).equals("A") ? score : a;
            b = found.group(1).equals("B") ? score : b;
        }
        return new JudgeReply(verdict, a, b);
    }
}
