package io.weft.metric;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Suffix stripping for English (Porter 1980, "An algorithm for suffix stripping"), with the extensions of NLTK's
 * default mode, which is what rouge_score stems with. Takes words in lower case.
 */
final class PorterStemmer {
    private static final Map<String, String> IRREGULAR =
            Map.ofEntries(Map.entry("sky", "sky"), Map.entry("skies", "sky"), Map.entry("dying", "die"),
            Map.entry("lying", "lie"),
            Map.entry("tying", "tie"), Map.entry("news", "news"), Map.entry("innings", "inning"),
            Map.entry("inning", "inning"), Map.entry("outings", "outing"),
            Map.entry("outing", "outing"), Map.entry("cannings", "canning"), Map.entry("canning", "canning"),
            Map.entry("howe", "howe"), Map.entry("proceed", "proceed"),
            Map.entry("exceed", "exceed"), Map.entry("succeed", "succeed"));
    private static final Set<Character> VOWELS = Set.of('a', 'e', 'i', 'o', 'u');

    private static final Predicate<String> ALWAYS = stem -> true;
    private static final Predicate<String> LONG = stem -> measure(stem) > 0;
    private static final Predicate<String> LONGER = stem -> measure(stem) > 1;

    private static final List<Rule> STEP_1A = List.of(rule("sses", "ss", ALWAYS), rule("ies", "i", ALWAYS),
            rule("ss", "ss", ALWAYS), rule("s", "", ALWAYS));
    private static final List<Rule> STEP_2 = List.of(rule("ational", "ate", LONG), rule("tional", "tion", LONG),
            rule("enci", "ence", LONG), rule("anci", "ance", LONG),
            rule("izer", "ize", LONG), rule("bli", "ble", LONG), rule("alli", "al", LONG), rule("entli", "ent", LONG),
            rule("eli", "e", LONG), rule("ousli", "ous", LONG),
            rule("ization", "ize", LONG), rule("ation", "ate", LONG), rule("ator", "ate", LONG),
            rule("alism", "al", LONG), rule("iveness", "ive", LONG),
            rule("fulness", "ful", LONG), rule("ousness", "ous", LONG), rule("aliti", "al", LONG),
            rule("iviti", "ive", LONG), rule("biliti", "ble", LONG),
            rule("fulli", "ful", LONG), rule("logi", "log", stem -> measure(stem + "l") > 0));
    private static final List<Rule> STEP_3 = List.of(rule("icate", "ic", LONG), rule("ative", "", LONG),
            rule("alize", "al", LONG), rule("iciti", "ic", LONG),
            rule("ical", "ic", LONG), rule("ful", "", LONG), rule("ness", "", LONG));
    private static final List<Rule> STEP_4 = List.of(rule("al", "", LONGER), rule("ance", "", LONGER),
            rule("ence", "", LONGER), rule("er", "", LONGER), rule("ic", "", LONGER),
            rule("able", "", LONGER), rule("ible", "", LONGER), rule("ant", "", LONGER), rule("ement", "", LONGER),
            rule("ment", "", LONGER), rule("ent", "", LONGER),
            rule("ion", "", stem -> measure(stem) > 1 && (stem.endsWith("s") || stem.endsWith("t"))),
            rule("ou", "", LONGER), rule("ism", "", LONGER), rule("ate", "", LONGER),
            rule("iti", "", LONGER), rule("ous", "", LONGER), rule("ive", "", LONGER), rule("ize", "", LONGER));

    private PorterStemmer() {}

    static String stem(String word) {
        if (IRREGULAR.containsKey(word)) {
            return IRREGULAR.get(word);
        }
        if (word.length() <= 2) {
            return word;
        }
        String stem = yToI(pastAndProgressive(plural(word)));
        stem = first(STEP_4, first(STEP_3, derived(stem)));
        return doubleL(finalE(stem));
    }

    private static String plural(String word) {
        // NLTK: "dies" becomes "die", where the paper's rule gives "di".
        return word.endsWith("ies") && word.length() == 4 ? cut(word, 1) : first(STEP_1A, word);
    }

    private static String pastAndProgressive(String word) {
        if (word.endsWith("ied")) {
            return word.length() == 4 ? cut(word, 1) : cut(word, 2);
        }
        if (word.endsWith("eed")) {
            return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
        }
        for (String suffix : List.of("ed", "ing")) {
            String stem = cut(word, suffix.length());
            if (word.endsWith(suffix) && hasVowel(stem)) {
                return repaired(stem);
            }
        }
        return word;
    }

    /**
     * Gives back the letter that "-ed" and "-ing" took: conflat(ed) is conflate, hopp(ing) is hop, fil(ing) is file.
     */
    private static String repaired(String stem) {
        if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
            return stem + "e";
        }
        if (endsDoubleConsonant(stem)) {
            return stem.endsWith("l") || stem.endsWith("s") || stem.endsWith("z") ? stem : cut(stem, 1);
        }
        return measure(stem) == 1 && endsShort(stem) ? stem + "e" : stem;
    }

    private static String yToI(String word) {
        // NLTK: only after a consonant that is not the whole stem, so "enjoy" stays and "spy" meets "spied".
        String stem = word.endsWith("y") ? cut(word, 1) : "";
        return stem.length() > 1 && consonants(stem)[stem.length() - 1] ? stem + "i" : word;
    }

    private static String derived(String word) {
        // NLTK takes "-alli" first and runs the step again on what is left.
        return word.endsWith("alli") && measure(cut(word, 4)) > 0 ? derived(cut(word, 2)) : first(STEP_2, word);
    }

    private static String finalE(String word) {
        if (!word.endsWith("e")) {
            return word;
        }
        String stem = cut(word, 1);
        int measure = measure(stem);
        return measure > 1 || measure == 1 && !endsShort(stem) ? stem : word;
    }

    private static String doubleL(String word) {
        return word.endsWith("ll") && measure(cut(word, 1)) > 1 ? cut(word, 1) : word;
    }

    /** The first rule whose suffix fits decides, whether its condition holds or not. */
    private static String first(List<Rule> rules, String word) {
        for (Rule rule : rules) {
            if (word.endsWith(rule.suffix)) {
                String stem = cut(word, rule.suffix.length());
                return rule.condition.test(stem) ? stem + rule.replacement : word;
            }
        }
        return word;
    }

    /** m of the paper: how often a vowel is followed by a consonant. */
    private static int measure(String stem) {
        boolean[] consonant = consonants(stem);
        int measure = 0;
        for (int i = 1; i < consonant.length; i++) {
            measure += !consonant[i - 1] && consonant[i] ? 1 : 0;
        }
        return measure;
    }

    private static boolean hasVowel(String stem) {
        for (boolean consonant : consonants(stem)) {
            if (!consonant) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsDoubleConsonant(String word) {
        int last = word.length() - 1;
        return last >= 1 && word.charAt(last) == word.charAt(last - 1) && consonants(word)[last];
    }

    /**
     * *o of the paper: consonant, vowel, consonant that is not w, x or y; or, with NLTK, a word of just a vowel and a
     * consonant.
     */
    private static boolean endsShort(String word) {
        boolean[] consonant = consonants(word);
        int last = word.length() - 1;
        if (last == 1) {
            return !consonant[0] && consonant[1];
        }
        return last >= 2 && consonant[last - 2] && !consonant[last - 1] && consonant[last]
                && "wxy".indexOf(word.charAt(last)) < 0;
    }

    /** y is a consonant at the start and after a vowel. */
    private static boolean[] consonants(String word) {
        boolean[] consonant = new boolean[word.length()];
        for (int i = 0; i < consonant.length; i++) {
            char c = word.charAt(i);
            consonant[i] = c == 'y' ? i == 0 || !consonant[i - 1] : !VOWELS.contains(c);
        }
        return consonant;
    }

    private static String cut(String word, int letters) {
        return word.substring(0, Math.max(0, word.length() - letters));
    }

    private static Rule rule(String suffix, String replacement, Predicate<String> condition) {
        return new Rule(suffix, replacement, condition);
    }

    private record Rule(String suffix, String replacement, Predicate<String> condition) {}
}
