package io.weft.page;

import io.weft.jinja.Template;
import io.weft.jinja.TracedText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An HTML page, or a part of one, as a Jinja template beside a class. Every string that fills it is text, escaped
 * wherever the template puts it, element or quoted attribute; markup is only what stands in the template or is an
 * {@link Html}. Immutable, so threads may share one.
 *
 * <p>While the template runs, a stand-in of one character takes the place of each string, which knows its origin: so a
 * page may be of any length within Jinja's budget, and the template must print texts whole; of their content it sees
 * whether they are empty.
 */
public final class HtmlTemplate {
    private static final String STAND_IN = "x";
    private final Template template;

    private HtmlTemplate(Template template) { this.template = template; }

    /** Markup that is to stay what it is, such as another template's. */
    public record Html(String markup) {}

    /** @param file a resource beside the class */
    public static HtmlTemplate beside(Class<?> place, String file) {
        try (InputStream in = place.getResourceAsStream(file)) {
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static HtmlTemplate of(String source) { return new HtmlTemplate(Template.parse(source)); }

    /** @param values null, booleans, numbers, strings, {@link Html}, and lists and maps of these */
    public Html fill(Map<String, ?> values) {
        List<String> given = new ArrayList<>();
        Map<String, Object> standIns = new LinkedHashMap<>();
        values.forEach((name, value) -> standIns.put(name, standIn(value, given)));
        TracedText page = template.render(standIns).text();
        String chars = page.toString();
        StringBuilder html = new StringBuilder();
        int done = 0;
        for (TracedText.Run run : page.runs()) {
            html.append(chars, done, run.start());
            html.append(given.get(run.origin()).repeat(run.end() - run.start()));
            done = run.end();
        }
        return new Html(html.append(chars, done, chars.length()).toString());
    }

    private static Object standIn(Object value, List<String> given) {
        if (value instanceof List<?> list) {
            return list.stream().map(each -> standIn(each, given)).toList();
        } else if (value instanceof Map<?, ?> map) {
            Map<Object, Object> standIns = new LinkedHashMap<>();
            map.forEach((name, each) -> standIns.put(name, standIn(each, given)));
            return standIns;
        } else if (value instanceof Html html) {
            return standIn(html.markup, html.markup, given);
        }
        return value instanceof String text ? standIn(text, VisibleText.html(text), given) : value;
    }

    private static TracedText standIn(String text, String html, List<String> given) {
        given.add(html);
        return text.isEmpty() ? TracedText.EMPTY : TracedText.of(STAND_IN, given.size() - 1);
    }
}
