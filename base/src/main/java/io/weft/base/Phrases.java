package io.weft.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the generators write, in both languages, from the JSON files beside this class. Their order is that of the
 * draws: whoever moves a phrase writes another text.
 */
record Phrases(JsonNode node) {
    static final Phrases FACTS = of("facts.json"), REQUESTS = of("requests.json"), LESSONS = of("lessons.json"),
            REPORTS = of("reports.json"), NOTES = of("notes.json"), SHEETS = of("sheets.json");

    private static Phrases of(String file) {
        try (var in = Phrases.class.getResourceAsStream(file)) {
            return new Phrases(new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Phrases at(String name) { return new Phrases(node.required(name)); }

    /** The names that stand here, in their order. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    String text(String name) { return node.required(name).textValue(); }

    /** The phrases of this name, none where there is no such name. */
    List<String> list(String name) {
        List<String> phrases = new ArrayList<>();
        node.path(name).forEach(each -> phrases.add(each.textValue()));
        return List.copyOf(phrases);
    }

    /** The template with each "{name}" replaced by its value. */
    static String fill(String template, Map<String, String> values) {
        String text = template;
        for (var value : values.entrySet()) {
            text = text.replace("{" + value.getKey() + "}", value.getValue());
        }
        return text;
    }
}
