package io.weft.jinja;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The methods of Python's str that a template may call: {@code content.strip()}, {@code content.split('</think>')}. On
 * a safe text they give safe texts again.
 */
final class StringMethods {
    static final Map<String, Builtin> TABLE = new HashMap<>();

    private StringMethods() {}

    static {
        trimming();
        cutting();
        searching();
        changing();
        padding();
        asking("isdigit", text -> Characters.all(text, Characters::isDigit));
        asking("isdecimal", text -> Characters.all(text, Characters::isDecimal));
        asking("isnumeric", text -> Characters.all(text, Characters::isNumeric));
        asking("isalpha", text -> Characters.all(text, Character::isLetter));
        asking("isalnum", text -> Characters.all(text, Characters::isAlphanumeric));
        asking("isspace", text -> Characters.all(text, PythonSpace::isSpace));
        asking("isascii", text -> text.toString().chars().allMatch(c -> c < 0x80));
        asking("isupper", text -> Characters.allCased(text, Character::isUpperCase));
        asking("islower", text -> Characters.allCased(text, Character::isLowerCase));
    }

    private interface Method {
        Object apply(TracedText text, CallArguments given);
    }

    private static void define(String name, String parameters, Method method) {
        Builtin.define(TABLE, name, parameters, (budget, subject, given) -> {
            var text = (TracedText) subject;
            Object result = method.apply(text, given);
            return text.safe() ? safe(result) : result;
        });
    }

    private static void asking(String name, Predicate<TracedText> question) {
        define(name, "", (text, given) -> question.test(text));
    }

    private static Object safe(Object result) {
        if (result instanceof TracedText text) {
            return text.asSafe(true);
        } else if (result instanceof List<?> parts) {
            var all = new ArrayList<>(parts.size());
            parts.forEach(part -> all.add(safe(part)));
            return result instanceof Tuple ? new Tuple(all) : all;
        }
        return result;
    }

    private static void trimming() {
        define("strip", "chars?", (text, given) -> text.strip(dropped(given), true, true));
        define("lstrip", "chars?", (text, given) -> text.strip(dropped(given), true, false));
        define("rstrip", "chars?", (text, given) -> text.strip(dropped(given), false, true));
        define("removeprefix", "prefix", (text, given) -> text.toString().startsWith(given.text(0).toString())
                ? text.slice(given.text(0).length(), text.length()) : text);
        define("removesuffix", "suffix", (text, given) -> text.toString().endsWith(given.text(0).toString())
                ? text.slice(0, text.length() - given.text(0).length()) : text);
    }

    static IntPredicate dropped(CallArguments given) {
        TracedText characters = given.text(0, null);
        if (characters == null) {
            return PythonSpace::isSpace;
        }
        var set = new BitSet();
        characters.toString().codePoints().forEach(set::set);
        return set::get;
    }

    private static void cutting() {
        define("split", "sep? maxsplit?", (text, given) -> {
            TracedText separator = given.text(0, null);
            return separator == null ? TextSearch.words(text, given.integer(1, -1))
                    : TextSearch.split(text, separator, given.integer(1, -1));
        });
        define("rsplit", "sep? maxsplit?", (text, given) -> {
            TracedText separator = given.text(0, null);
            return separator == null ? TextSearch.wordsRight(text, given.integer(1, -1))
                    : TextSearch.splitRight(text, separator, given.integer(1, -1));
        });
        define("splitlines", "keepends?", (text, given) -> TextSearch.lines(text, given.truth(0)));
        define("partition", "sep", (text, given) -> TextSearch.partition(text, given.text(0)));
        define("rpartition", "sep", (text, given) -> TextSearch.partitionRight(text, given.text(0)));
    }

    private static void searching() {
        define("startswith", "prefix start? end?", (text, given) ->
                anyOf(given.value(0), part -> window(text, given).toString().startsWith(part)));
        define("endswith", "suffix start? end?", (text, given) ->
                anyOf(given.value(0), part -> window(text, given).toString().endsWith(part)));
        define("count", "sub start? end?", (text, given) -> TextSearch.count(window(text, given), given.text(0)));
        define("find", "sub start? end?", (text, given) ->
                position(text, given, inside -> TextFinder.first(inside.toString(), given.text(0).toString(), 0)));
        define("rfind", "sub start? end?", (text, given) ->
                position(text, given, inside -> TextFinder.last(inside.toString(), given.text(0).toString(),
                inside.length())));
        define("index", "sub start? end?", (text, given) ->
                found(position(text, given, inside ->
                TextFinder.first(inside.toString(), given.text(0).toString(), 0))));
        define("rindex", "sub start? end?", (text, given) ->
                found(position(text, given, inside ->
                TextFinder.last(inside.toString(), given.text(0).toString(), inside.length()))));
    }

    private static boolean anyOf(Object parts, Predicate<String> test) {
        return parts instanceof Tuple tuple ? tuple.stream().anyMatch(part -> test.test(Values.text(part).toString()))
                : test.test(Values.text(parts).toString());
    }

    private static SliceBounds bounds(TracedText text, CallArguments given) {
        return SliceBounds.of(text.points(), given.value(1, null), given.value(2, null), null);
    }

    private static TracedText window(TracedText text, CallArguments given) {
        var bounds = bounds(text, given);
        return text.slice(text.offset(bounds.first()), text.offset(bounds.first() + bounds.count()));
    }

    private static long position(TracedText text, CallArguments given, ToLongFunction<TracedText> search) {
        TracedText inside = window(text, given);
        long at = search.applyAsLong(inside);
        return at < 0 ? -1 : bounds(text, given).first() + inside.point((int) at);
    }

    private static long found(long position) {
        if (position < 0) {
            throw TemplateException.because("substring not found");
        }
        return position;
    }

    private static void changing() {
        define("upper", "", (text, given) -> Characters.upper(text));
        define("lower", "", (text, given) -> Characters.lower(text));
        define("casefold", "", (text, given) -> Characters.lower(Characters.upper(text)));
        define("capitalize", "", (text, given) -> Characters.capitalize(text));
        define("title", "", (text, given) -> Characters.title(text));
        define("swapcase", "", (text, given) -> Characters.swapped(text));
        define("replace", "old new count?", (text, given) ->
            TextSearch.replace(text, given.text(0), text.safe() ? Markup.escape(given.text(1)) : given.text(1),
                    given.integer(2, -1)));
        Builtin.define(TABLE, "join", "iterable", (budget, subject, given) -> {
            var separator = (TracedText) subject;
            var parts = Values.iterate(budget, given.value(0));
            return separator.safe() ? TextSearch.join(separator, parts.stream().map(Markup::escape).toList())
                    .asSafe(true) : TextSearch.join(separator, parts);
        });
        Builtin.define(TABLE, "format", "*", (budget, subject, given) -> new BraceFormat(budget, given.written())
                .format((TracedText) subject));
    }

    private static void padding() {
        define("ljust", "width fillchar?", (text, given) -> padded(text, 0, room(text, given), given));
        define("rjust", "width fillchar?", (text, given) -> padded(text, room(text, given), 0, given));
        define("center", "width fillchar?", (text, given) -> {
            long room = room(text, given), left = room / 2 + (room & given.integer(0) & 1);
            return padded(text, left, room - left, given);
        });
        define("zfill", "width", (text, given) -> {
            boolean signed = text.toString().startsWith("-") || text.toString().startsWith("+");
            var zeros = new TextBuilder().append(text.slice(0, signed ? 1 : 0))
                    .repeat(TracedText.of("0"), room(text, given));
            return zeros.append(text.slice(signed ? 1 : 0, text.length())).toText();
        });
    }

    private static long room(TracedText text, CallArguments given) {
        return Math.max(0, given.integer(0) - text.points());
    }

    private static TracedText padded(TracedText text, long left, long right, CallArguments given) {
        TracedText fill = given.text(1, TracedText.of(" "));
        if (fill.points() != 1) {
            throw TemplateException.because("the fill character must be exactly one character long");
        }
        return new TextBuilder().repeat(fill, left).append(text).repeat(fill, right).toText();
    }
}
