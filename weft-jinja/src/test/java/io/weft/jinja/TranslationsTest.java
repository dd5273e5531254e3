package io.weft.jinja;

import io.weft.golden.TranslatedTexts;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TranslationsTest {
    @Test void everyTextIsTranslatedWithTheSameArguments() throws IOException {
        TranslatedTexts.check("because", "error");
    }
}
