package io.weft.base;

import java.util.List;

/**
 * Short lessons on fine-tuning and on Weft's settings. Commands appear as synopses, with capital letters in place of
 * values.
 */
final class Lessons {
    private static final List<String> ENGLISH = Phrases.LESSONS.list("english"),
            CHINESE = Phrases.LESSONS.list("chinese"), SETTINGS = Phrases.LESSONS.list("settings");

    private Lessons() { }

    static String page(Draw draw) {
        return switch (draw.below(3)) {
            case 0 -> String.join(" ", draw.some(ENGLISH, draw.between(2, 5)));
            case 1 -> String.join("", draw.some(CHINESE, draw.between(2, 5)));
            default -> String.join("\n", draw.some(SETTINGS, draw.between(2, 6)));
        };
    }
}
