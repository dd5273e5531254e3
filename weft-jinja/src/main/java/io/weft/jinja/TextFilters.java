package io.weft.jinja;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Filters on texts. Any value is taken as its text first. */
final class TextFilters {
    private TextFilters() {}

    private interface Filter {
        Object apply(TracedText text, CallArguments given);
    }

    private static void define(Map<String, Builtin> table, String names, String parameters, Filter filter) {
        Builtin.define(table, names, parameters, (budget, value, given) -> {
            TracedText text = PythonText.str(value);
            budget.weigh(text);
            return filter.apply(text, given);
        });
    }

    /** A filter that takes only a text, as what Jinja calls inside has no other meaning. */
    private static void defineForText(Map<String, Builtin> table, String name, String parameters, Filter filter) {
        Builtin.define(table, name, parameters, (budget, value, given) -> filter.apply(Values.text(value), given));
    }

    static void addTo(Map<String, Builtin> table) {
        define(table, "string", "", (text, given) -> text);
        define(table, "safe", "", (text, given) -> text.asSafe(true));
        define(table, "escape e", "", (text, given) -> Markup.escape(text));
        define(table, "forceescape", "", (text, given) -> Markup.escape(text.asSafe(false)));
        define(table, "trim", "chars?", (text, given) -> text.strip(StringMethods.dropped(given), true, true));
        define(table, "upper", "", (text, given) -> Characters.upper(text));
        define(table, "lower", "", (text, given) -> Characters.lower(text));
        define(table, "capitalize", "", (text, given) -> Characters.capitalize(text));
        define(table, "title", "", (text, given) -> title(text));
        define(table, "replace", "s new count?", (text, given) ->
            TextSearch.replace(text, PythonText.str(given.value(0)), PythonText.str(given.value(1)),
                    given.integer(2, -1)).asSafe(text.safe()));
        defineForText(table, "indent", "width? first? blank?", TextFilters::indent);
        define(table, "wordcount", "", (text, given) -> wordCount(text.toString()));
        defineForText(table, "truncate", "length? killwords? end? leeway?", TextFilters::truncate);
        define(table, "striptags", "", (text, given) ->
                TextSearch.join(TracedText.of(" "), TextSearch.words(withoutTags(text), -1)));
        defineForText(table, "urlencode", "", (text, given) -> text.map(TextFilters::percentEncoded));
        Builtin.define(table, "center", "width?", (budget, value, given) ->
            StringMethods.TABLE.get("center").apply(budget, PythonText.str(value), Arguments.of(given.integer(0, 80))));
        Builtin.define(table, "format", "*", (budget, value, given) -> {
            var written = given.written();
            Object values = written.named().isEmpty() ? new Tuple(written.positional()) : namedValues(written);
            return PercentFormat.format(budget, PythonText.str(value), values);
        });
    }

    private static Object namedValues(Arguments written) {
        var map = new java.util.LinkedHashMap<>();
        written.named().forEach((name, value) -> map.put(TracedText.of(name), value));
        return map;
    }

    /** Each word capitalized, where words begin at white space, hyphens and opening brackets: not quite str.title(). */
    private static TracedText title(TracedText text) {
        var made = new TextBuilder();
        String all = text.toString();
        int start = 0;
        for (int i = 0; i <= all.length(); i++) {
            boolean edge = i == all.length() || "-({[<".indexOf(all.charAt(i)) >= 0
                    || PythonSpace.isSpace(all.charAt(i));
            if (edge) {
                made.append(Characters.capitalize(text.slice(start, i)))
                        .append(text.slice(i, Math.min(i + 1, all.length())));
                start = i + 1;
            }
        }
        return made.toText().asSafe(text.safe());
    }

    private static TracedText indent(TracedText text, CallArguments given) {
        TracedText indent = given.value(0, null) instanceof TracedText own ? own
                : new TextBuilder().repeat(TracedText.of(" "), given.integer(0, 4)).toText();
        boolean blankToo = given.truth(2);
        List<Object> lines = TextSearch.lines(new TextBuilder().append(text).append("\n").toText(), false);
        var made = new TextBuilder().append(given.truth(1) ? indent : TracedText.EMPTY);
        for (int i = 0; i < lines.size(); i++) {
            var line = (TracedText) lines.get(i);
            made.append(i == 0 ? "" : "\n").append(i > 0 && (blankToo || !line.isEmpty()) ? indent : TracedText.EMPTY)
                    .append(line);
        }
        return made.toText().asSafe(text.safe());
    }

    private static long wordCount(String text) {
        long count = 0;
        boolean inside = false;
        for (int c : (Iterable<Integer>) text.codePoints()::iterator) {
            boolean word = Characters.isAlphanumeric(c) || c == '_';
            count += word && !inside ? 1 : 0;
            inside = word;
        }
        return count;
    }

    private static TracedText truncate(TracedText text, CallArguments given) {
        long length = given.integer(0, 255), leeway = given.integer(3, 5);
        TracedText end = given.text(2, TracedText.of("..."));
        if (length < end.points() || leeway < 0) {
            throw TemplateException.because("truncate needs a length of at least %d and a leeway of at least 0",
                    end.points());
        }
        if (text.points() <= length + leeway) {
            return text;
        }
        TracedText kept = text.slice(0, text.offset((int) (length - end.points())));
        int space = kept.toString().lastIndexOf(' ');
        return new TextBuilder().append(given.truth(1) || space < 0 ? kept : kept.slice(0, space)).append(end).toText();
    }

    private static TracedText withoutTags(TracedText text) {
        var kept = new ArrayList<TracedText>();
        String all = text.toString();
        int done = 0;
        for (int open = all.indexOf('<'); open >= 0; open = all.indexOf('<', done)) {
            boolean comment = all.startsWith("<!--", open);
            int close = comment ? all.indexOf("-->", open) : all.indexOf('>', open);
            if (close < 0) {
                break;
            }
            kept.add(text.slice(done, open));
            done = close + (comment ? 3 : 1);
        }
        kept.add(text.slice(done, all.length()));
        return TextSearch.join(TracedText.EMPTY, kept);
    }

    private static String percentEncoded(int c) {
        if (c < 0x80 && (Character.isLetterOrDigit(c) || "/_.-~".indexOf(c) >= 0)) {
            return Character.toString(c);
        }
        var made = new StringBuilder();
        for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
            made.append(String.format("%%%02X", b & 0xff));
        }
        return made.toString();
    }
}
