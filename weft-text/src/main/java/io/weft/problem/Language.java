package io.weft.problem;

import java.util.Locale;

/**
 * The language of everything a user reads. The English text stands where it is used, {@code say("file %s is empty",
 * file)}, and is the key of its translation in the module's {@code META-INF/weft/zh.json}; a test compares the two.
 */
public enum Language {
    ENGLISH("en"), CHINESE("zh");

    private static volatile Language current = of(Locale.getDefault());
    private final String code;

    Language(String code) { this.code = code; }

    /** Two letters, as {@code --lang} takes them. */
    public String code() { return code; }

    /** What stands between the items of a list. */
    String comma() { return this == CHINESE ? "、" : ", "; }

    /** The language of this process; at first the locale's. */
    public static Language current() { return current; }

    /** Sets the language of this process, from {@code --lang}. */
    public static void use(Language language) { current = language; }

    /** @param code "en" or "zh"  @throws UserError for any other */
    public static Language of(String code) {
        for (Language language : values()) {
            if (language.code.equals(code)) {
                return language;
            }
        }
        throw UserError.of(say("--lang %s: no such language; use en or zh", code));
    }

    private static Language of(Locale locale) { return locale.getLanguage().equals("zh") ? CHINESE : ENGLISH; }

    /**
     * The text in the current language, formatted as {@link String#format} does, with dots as decimal points in every
     * locale; as it stands where there are no arguments.
     *
     * @param english a literal, because it is a key
     */
    public static String say(String english, Object... arguments) { return current.in(english, arguments); }

    /** As {@link #say}, in this language. A text without a translation, an extension's perhaps, is told in English. */
    public String in(String english, Object... arguments) {
        String text = this == CHINESE ? Translations.CHINESE.getOrDefault(english, english) : english;
        return arguments.length == 0 ? text : String.format(Locale.ROOT, text, arguments);
    }
}
