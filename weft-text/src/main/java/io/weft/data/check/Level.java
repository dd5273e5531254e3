package io.weft.data.check;

import io.weft.problem.Translatable;
import io.weft.settings.Word;

import static io.weft.problem.Translatable.text;

/** How a check ends, the better first. */
public enum Level implements Word {
    PASS(text("pass")), WARN(text("warn")), FAIL(text("fail"));

    private final Translatable said;

    Level(Translatable said) { this.said = said; }

    /** What a reader calls it. */
    public Translatable said() { return said; }

    /** By how many of all were found. @param warn the least share that is worth a look  @param fail that is too much */
    public static Level ofShare(long found, long all, double warn, double fail) {
        double share = found == 0 ? -1 : (double) found / all;
        return share >= fail ? FAIL : share >= warn ? WARN : PASS;
    }

    public Level worse(Level other) { return compareTo(other) >= 0 ? this : other; }
}
