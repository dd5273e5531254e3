package io.weft.golden;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the texts for users in a module's sources with its Chinese resource: every text is translated, no
 * translation is left over, both take the same arguments. Texts are the first arguments of {@code say(}, of {@code
 * Translatable.text(} and of further calls that a module names; they are literals, for they are keys.
 */
public final class TranslatedTexts {
    private static final Pattern SPECIFIER = Pattern.compile("%(\\d+\\$)?[-#+ 0,(]*\\d*(\\.\\d+)?([a-zA-Z%])");
    private final Pattern calls;
    private final Set<String> texts = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();

    private TranslatedTexts(String... furtherCalls) {
        String further = furtherCalls.length == 0 ? "" : "|\\b(?:" + String.join("|", furtherCalls) + ")";
        calls = Pattern.compile("(?:(?<![\\w.])say|Translatable\\.text|(?<![\\w.])text" + further + ")\\(");
    }

    /** Fails naming every text that is wrong. The module is the working directory, as Surefire sets it. */
    public static void check(String... furtherCalls) throws IOException {
        TranslatedTexts found = new TranslatedTexts(furtherCalls);
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".java")).sorted().toList()) {
                found.read(file);
            }
        }
        Path resource = Path.of("src/main/resources/META-INF/weft/zh.json");
        Map<String, String> chinese = !Files.exists(resource) ? Map.of()
                : new ObjectMapper().readValue(resource.toFile(), new TypeReference<TreeMap<String, String>>() {});
        found.texts.stream().filter(text -> !chinese.containsKey(text))
                .forEach(text -> found.problems.add("not translated: " + text));
        chinese.keySet().stream().filter(text -> !found.texts.contains(text))
                .forEach(text -> found.problems.add("left over: " + text));
        chinese.forEach((text, translation) -> {
            if (!specifiers(text).equals(specifiers(translation))) {
                found.problems.add("other arguments: " + text + " <> " + translation);
            }
        });
        assertThat(found.problems).isEmpty();
    }

    private void read(Path file) throws IOException {
        String source = Files.readString(file);
        boolean importsText = source.contains("import static io.weft.problem.Translatable.text;");
        Matcher call = calls.matcher(source);
        while (call.find()) {
            String line = source.substring(source.lastIndexOf('\n', call.start()) + 1, call.start());
            boolean comment = line.strip().startsWith("*") || line.contains("//") || line.contains("/*");
            boolean declared = source.startsWith("String ", call.end()) || source.startsWith(")", call.end());
            if (comment || declared || call.group().equals("text(") && !importsText) {
                continue;
            }
            String text = literal(source, call.end());
            if (text == null) {
                // the language package and whoever passes on another module's texts hand over what is no literal
                if (!source.startsWith("e.format()", call.end()) && !source.startsWith("format", call.end())) {
                    problems.add(file + ": no literal: "
                            + source.substring(call.start(), Math.min(source.length(), call.start() + 60)));
                }
            } else {
                texts.add(text);
            }
        }
    }

    /** The value of the string literals joined by + that begin here, null when something else does. */
    private static String literal(String source, int from) {
        StringBuilder value = new StringBuilder();
        int at = skipSpace(source, from);
        if (source.startsWith("\"\"\"", at)) {
            return source.substring(source.indexOf('\n', at) + 1, source.indexOf("\"\"\"", at + 3)).stripIndent()
                    .translateEscapes();
        }
        while (at < source.length() && source.charAt(at) == '"') {
            int end = at + 1;
            while (source.charAt(end) != '"') {
                end += source.charAt(end) == '\\' ? 2 : 1;
            }
            value.append(unescaped(source.substring(at + 1, end)));
            at = skipSpace(source, end + 1);
            if (source.charAt(at) != '+') {
                return source.charAt(at) == ',' || source.charAt(at) == ')' ? value.toString() : null;
            }
            at = skipSpace(source, at + 1);
        }
        return null;
    }

    /** {@link String#translateEscapes}, and {@code \\uXXXX}, which that leaves to the compiler. */
    private static String unescaped(String literal) {
        return Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\u([0-9a-fA-F]{4})").matcher(literal)
                .replaceAll(m -> Matcher.quoteReplacement(m.group(1) + (char) Integer.parseInt(m.group(2), 16)))
                .translateEscapes();
    }

    private static int skipSpace(String source, int at) {
        int next = at;
        while (Character.isWhitespace(source.charAt(next))) {
            next++;
        }
        return next;
    }

    /** Conversions by argument, e.g. {1=s, 2=d}. */
    private static Map<Integer, String> specifiers(String format) {
        Map<Integer, String> conversions = new TreeMap<>();
        int next = 1;
        Matcher matcher = SPECIFIER.matcher(format);
        while (matcher.find()) {
            String conversion = matcher.group(3);
            if (conversion.equals("%") || conversion.equals("n")) {
                continue;
            }
            int argument = matcher.group(1) == null ? next++ : Integer.parseInt(matcher.group(1).replace("$", ""));
            conversions.merge(argument, conversion, (a, b) -> a.equals(b) ? a : a + b);
        }
        return conversions;
    }
}
