package io.weft.recipe;

import io.weft.problem.Language;
import java.util.function.Supplier;

/** Runs something in a language and goes back to the one before. */
final class Spoken {
    private Spoken() {}

    static <T> T in(Language language, Supplier<T> work) {
        Language before = Language.current();
        Language.use(language);
        try {
            return work.get();
        } finally {
            Language.use(before);
        }
    }
}
