package io.weft.problem;

import java.util.Locale;

/** The language of everything a user reads. Both texts stand side by side where they are used, so neither is forgotten: {@code say("file %s is empty", "文件 %s 为空", file)}. */
public enum Language {
    ENGLISH("en"), CHINESE("zh");

    private static volatile Language current = of(Locale.getDefault());
    private final String code;

    Language(String code) { this.code = code; }

    /** Two letters, as {@code --lang} takes them. */
    public String code() { return code; }

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
        throw UserError.of(say("--lang %s: no such language; use en or zh", "--lang %s:没有这种语言;请用 en 或 zh", code));
    }

    private static Language of(Locale locale) { return locale.getLanguage().equals("zh") ? CHINESE : ENGLISH; }

    /** The text of the current language, formatted as {@link String#format} does with dots as decimal points in every locale. */
    public static String say(String english, String chinese, Object... arguments) {
        String text = current == CHINESE ? chinese : english;
        return arguments.length == 0 ? text : String.format(Locale.ROOT, text, arguments);
    }
}
