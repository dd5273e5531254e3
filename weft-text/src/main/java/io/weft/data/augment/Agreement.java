package io.weft.data.augment;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether two instructions may ask for the same thing: lengths, likeness, and everything whose change would change the
 * answer: numbers, quoted texts, code, addresses, names of variables, denials, the language. Says no to what it cannot
 * tell; a yes is no proof.
 *
 * @param lengthRatio how many times longer one may be than the other, from 1
 * @param least       likeness below which they say something else, 0 to 1
 * @param most        likeness above which they say it alike
 */
public record Agreement(double lengthRatio, double least, double most) {
    /** For rules, whose words are known. */
    public static final Agreement OF_RULES = new Agreement(3, 0.3, 0.999);
    private static final JsonNode WORDS = JsonFile.beside(Agreement.class, "agreement.json");
    private static final Pattern NUMBER = Pattern.compile(WORDS.path("number").asText()),
            DENIED = Pattern.compile(WORDS.path("denied").asText());
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|“[^”]*”|‘[^’]*’|「[^」]*」|『[^』]*』|《[^》]*》|`[^`]*`|"
            + "(?<![A-Za-z])'[^']+'(?![A-Za-z])|https?://\\S+|\\{[^}]*\\}|<[^>]*>|\\$[^$]*\\$|\\[[^\\]]*\\]");
    /** Names, and words of another script. */
    private static final Pattern NAME = Pattern.compile("(?<=[^.?!:] "
            + ")[A-Z][A-Za-z]+|(?<=\\p{IsHan})[A-Za-z][A-Za-z0-9+#]*");

    /** Why they do not agree, in a word to count by; empty where they may. */
    public Optional<String> refusal(String original, String variant) {
        if (variant.isBlank() || variant.indexOf('\n') >= 0) {
            return Optional.of("form");
        }
        if (isChinese(original) != isChinese(variant)) {
            return Optional.of("language");
        }
        double ratio = (double) points(variant) / points(original);
        if (ratio > lengthRatio || ratio < 1 / lengthRatio) {
            return Optional.of("length");
        }
        if (!all(NUMBER, original).equals(all(NUMBER, variant))) {
            return Optional.of("numbers");
        }
        if (!all(QUOTED, original).equals(all(QUOTED, variant)) || !all(NAME, original).equals(all(NAME, variant))) {
            return Optional.of("quoted");
        }
        if (all(DENIED, original).size() != all(DENIED, variant).size()) {
            return Optional.of("denial");
        }
        double alike = likeness(original, variant);
        return alike < least ? Optional.of("far") : alike > most ? Optional.of("equal") : Optional.empty();
    }

    private static int points(String text) { return text.codePointCount(0, text.length()); }

    /** What a pattern finds, in alphabetical order. */
    private static List<String> all(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find();) {
            found.add(matcher.group().toLowerCase(Locale.ROOT));
        }
        Collections.sort(found);
        return found;
    }

    /** Whether Chinese characters are a third of the letters, or more. */
    static boolean isChinese(String text) {
        long han = text.codePoints().filter(Character::isIdeographic).count();
        return 3 * han >= text.codePoints().filter(Character::isLetter).count() && han > 0;
    }

    /** Dice's coefficient over pairs of neighbouring characters, small letters and large alike: 0 nothing, 1 all. */
    static double likeness(String one, String other) {
        Map<String, Integer> pairs = pairs(one);
        Map<String, Integer> others = pairs(other);
        int common = 0;
        for (Map.Entry<String, Integer> pair : pairs.entrySet()) {
            common += Math.min(pair.getValue(), others.getOrDefault(pair.getKey(), 0));
        }
        int all = Math.max(1, count(pairs) + count(others));
        return one.equals(other) ? 1 : 2.0 * common / all;
    }

    private static int count(Map<String, Integer> pairs) {
        return pairs.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static Map<String, Integer> pairs(String text) {
        Map<String, Integer> pairs = new HashMap<>();
        int[] points = text.toLowerCase(Locale.ROOT).codePoints().toArray();
        for (int i = 0; i + 1 < points.length; i++) {
            pairs.merge(new String(points, i, 2), 1, Integer::sum);
        }
        return pairs;
    }
}
