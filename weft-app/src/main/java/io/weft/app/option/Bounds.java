package io.weft.app.option;

import io.weft.problem.UserError;

import static io.weft.problem.Language.say;

/** Limits of the numbers on a command line. */
public final class Bounds {
    private Bounds() {}

    /** The number. @throws UserError when it lies outside */
    public static int of(String name, int given, int least, int most) {
        if (given < least || given > most) {
            throw UserError.of(say("%s is %d; expected %d to %d", name, given, least, most));
        }
        return given;
    }
}
