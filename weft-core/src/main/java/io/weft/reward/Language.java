package io.weft.reward;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Word;
import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/**
 * The share of the answer's letters that belong to the scripts of a language: 1 for an answer all in it. It tells
 * scripts, not languages: French is as good as English. 0 for an answer without letters.
 */
public record Language(double weight, Script language) implements Reward {
    /** A language, by the scripts that it is written in. */
    public enum Script implements Word {
        EN(UnicodeScript.LATIN), ZH(UnicodeScript.HAN, UnicodeScript.BOPOMOFO),
        JA(UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA, UnicodeScript.HAN), KO(UnicodeScript.HANGUL),
        RU(UnicodeScript.CYRILLIC), AR(UnicodeScript.ARABIC), EL(UnicodeScript.GREEK), HE(UnicodeScript.HEBREW),
        HI(UnicodeScript.DEVANAGARI), TH(UnicodeScript.THAI);

        private final Set<UnicodeScript> scripts;

        Script(UnicodeScript... scripts) { this.scripts = Set.of(scripts); }
    }

    private static final Section<Language> SECTION = Section.of("language", new Language(),
            text("the share of the answer's letters that belong to a language's script"), WEIGHT,
            Setting.of("language", OneOf.of(Script.class), text("the language, told by its script alone")));

    public Language() { this(1, Script.EN); }

    @Override public Section<Language> section() { return SECTION; }

    @Override public double of(Answered answered) {
        int[] letters = answered.answer().codePoints().filter(Character::isLetter).toArray();
        long right = Arrays.stream(letters).filter(letter ->
                language.scripts.contains(UnicodeScript.of(letter))).count();
        return letters.length == 0 ? 0 : (double) right / letters.length;
    }
}
