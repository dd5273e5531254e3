package io.weft.app;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.golden.TranslatedTexts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TranslationsTest {
    @Test void everyTextIsTranslatedWithTheSameArguments() throws IOException { TranslatedTexts.check(); }

    /** Which module's text a user sees must not depend on the order of the class path. */
    @Test void modulesThatShareATextTranslateItAlike() throws IOException {
        Map<String, String> all = new HashMap<>();
        for (URL url : Collections.list(getClass().getClassLoader().getResources("META-INF/weft/zh.json"))) {
            Map<String, String> module;
            try (InputStream in = url.openStream()) {
                module = new ObjectMapper().readValue(in, new TypeReference<>() {});
            }
            module.forEach((english, chinese) -> {
                String other = all.putIfAbsent(english, chinese);
                assertThat(chinese).as("%s in %s", english, url).isEqualTo(other == null ? chinese : other);
            });
        }
        assertThat(all).isNotEmpty();
    }
}
