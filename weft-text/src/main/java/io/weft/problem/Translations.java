package io.weft.problem;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * The texts of one language by their English ones: every jar, an extension's too, may bring {@code
 * META-INF/weft/zh.json}.
 */
final class Translations {
    static final Map<String, String> CHINESE = read("META-INF/weft/zh.json");

    private Translations() {}

    private static Map<String, String> read(String resource) {
        Map<String, String> texts = new HashMap<>();
        ClassLoader loader = Translations.class.getClassLoader();
        try {
            for (URL url : Collections.list(loader.getResources(resource))) {
                try (InputStream in = url.openStream()) {
                    new ObjectMapper().readValue(in, new TypeReference<Map<String, String>>() {})
                            .forEach(texts::putIfAbsent);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);   // a jar that cannot be read
        }
        return texts;
    }
}
