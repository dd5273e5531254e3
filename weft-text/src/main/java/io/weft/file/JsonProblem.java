package io.weft.file;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * What breaks a JSON text, in words for whoever wrote it, with what to do. Jackson's own words speak to programmers:
 * of features to enable and of classes.
 */
public final class JsonProblem {
    private static final Pattern CHARACTER = Pattern.compile("(?s)^Unexpected character \\('.{1,2}' \\(code (\\d+)"),
            TOKEN = Pattern.compile("(?s)^(?:Unrecognized|Non-standard) token '(.{0,40})"),
            LIMIT = Pattern.compile("maximum allowed \\((\\d+)"), CODE = Pattern.compile("code (\\d+)"),
            BYTE = Pattern.compile("byte 0x([0-9a-f]+)"), KEY = Pattern.compile("(?s)^Duplicate field '(.{0,40})");
    private static final List<String> PYTHON = List.of("True", "False", "None");

    private JsonProblem() {}

    /** Line of the mistake, from 1. */
    public static int line(JsonProcessingException e) {
        return e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
    }

    /** Column of the mistake, from 1. */
    public static int column(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null ? 1 : Math.max(1, at.getColumnNr());
    }

    /** What was found and what to do, behind its line and column. */
    public static String located(JsonProcessingException e) {
        return say("line %d, column %d: %s", line(e), column(e), of(e));
    }

    /** True when the text ended within a value; Jackson says so by two kinds of exception. */
    public static boolean endsEarly(JsonProcessingException e) {
        return e.getOriginalMessage().startsWith("Unexpected end-of-input");
    }

    /** A field that a reader asked for and a tree does not have, by Jackson's exception about it. */
    public static String missing(IllegalArgumentException e) {
        Matcher field = Pattern.compile("property '(\\w+)'").matcher(String.valueOf(e.getMessage()));
        return field.find() ? say("'%s' is missing", field.group(1))
                : say("it holds another kind of value than expected");
    }

    /** What was found and what to do, without its place. */
    public static String of(JsonProcessingException e) {
        String told = String.valueOf(e.getOriginalMessage());
        if (endsEarly(e)) {
            return say("the text ends within a value; it was probably cut off");
        }
        if (e instanceof StreamConstraintsException) {
            return limit(told);
        }
        if (e instanceof JsonMappingException binding && !told.startsWith("Trailing token")) {
            String path = binding.getPath().stream().map(part -> part.getFieldName() == null
                    ? "[" + part.getIndex() + "]" : part.getFieldName()).collect(Collectors.joining("."));
            return path.isEmpty() ? say("it holds another kind of value than expected")
                    : say("'%s' holds another kind of value than expected", shown(path));
        }
        Matcher character = CHARACTER.matcher(told), token = TOKEN.matcher(told), key = KEY.matcher(told);
        if (character.find()) {
            return character(Integer.parseInt(character.group(1)), told);
        }
        if (token.find()) {
            return token(token.group(1).replaceFirst("(?s)'.*", ""));
        }
        if (key.find()) {
            return say("the key '%s' stands twice in one object; keep one", shown(key.group(1)
                    .replaceFirst("(?s)'.*", "")));
        }
        if (told.startsWith("Invalid numeric value")) {
            return say("a number begins with zeros that JSON does not allow; write 7, not 007");
        }
        if (told.startsWith("Unexpected close marker")) {
            return say("'%s' closes what was not opened by its like",
                    told.charAt("Unexpected close marker '".length()));
        }
        if (told.startsWith("Unrecognized character escape")) {
            return say("a backslash stands before a character that needs none; write a backslash of the text twice");
        }
        if (told.startsWith("Illegal")) {
            return control(number(CODE, told), told.startsWith("Illegal unquoted"));
        }
        Matcher bytes = BYTE.matcher(told);
        if (told.startsWith("Invalid UTF-8") || bytes.find()) {
            return say("it is not UTF-8 here; save the file as UTF-8");
        }
        return told.startsWith("Trailing token") ? say("more follows behind the end of the value")
                : say("it breaks the rules of JSON here");
    }

    private static String limit(String told) {
        int most = number(LIMIT, told);
        return told.contains("depth") ? say("nested more than %d deep", most)
                : told.startsWith("Number") ? say("a number of more than %d digits", most)
                : say("longer than %d characters", most);
    }

    private static int number(Pattern pattern, String told) {
        Matcher found = pattern.matcher(told);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }

    private static String token(String token) {
        if (PYTHON.contains(token)) {
            return say("'%s' is Python's spelling; JSON writes true, false and null (json.dumps does)", token);
        }
        if (List.of("NaN", "Infinity", "-Infinity", "INF", "-INF").contains(token)) {
            return say("'%s' is no number of JSON; write null or a number", token);
        }
        return say("'%s' stands where a value is expected; a text needs double quotes", shown(token));
    }

    private static String character(int code, String told) {
        String found = code < 32 || code == 127 ? say("a control character (code %d)", code)
                : "'" + Character.toString(code) + "'";
        if (code == 0xfeff) {
            return say("a byte order mark stands within the text; files were probably joined");
        }
        if (code == '\'') {
            return say("a single quote stands where JSON needs a double one (json.dumps writes JSON, print does not)");
        }
        if (code == 0x201c || code == 0x201d || code == 0x2018 || code == 0x2019) {
            return say("%s is a typographic quote; JSON needs \"", found);
        }
        if (code == '/' || code == '#') {
            return say("a comment stands here; JSON has none, take it out");
        }
        if (told.contains("in numeric value")) {
            return say("a number is not written as JSON writes it (0.5, -3, 2e-4)");
        }
        if (told.contains("hex-digit")) {
            return say("\\u is not followed by four hexadecimal digits");
        }
        if (told.contains("to start field name")) {
            return code == '}' ? say("a comma stands before }; take it out")
                    : say("%s stands where a key in double quotes is expected", found);
        }
        if (told.contains("was expecting comma")) {
            return say("%s stands where a comma or the end of the list or object is expected", found);
        }
        if (told.contains("expecting a colon")) {
            return say("%s stands where a colon is expected between a key and its value", found);
        }
        return code == ']' ? say("a comma stands before ]; take it out")
                : say("%s stands where a value is expected (a text in double quotes, a number, true, false, null, {…} "
                + "or […])", found);
    }

    private static String control(int code, boolean inText) {
        return inText ? code == '\n' || code == '\r' ? say("a text is not closed on its line; close its quote, or "
                + "write a line break within it as \\n")
                : say("a control character (code %d) stands in a text; write it as \\u%04x", code, code)
                : say("a control character (code %d) stands between the values; take it out", code);
    }

    /** As it may stand in a message: no control character of it steers a terminal. */
    private static String shown(String text) {
        return text.codePoints().map(c -> c < 32 || c == 127 ? ' ' : c).collect(StringBuilder::new,
                StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
