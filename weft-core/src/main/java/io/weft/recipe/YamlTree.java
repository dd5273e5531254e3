package io.weft.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.weft.settings.Node;
import io.weft.settings.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;

/**
 * Reads YAML into {@link Node}s. Scalars keep their text as written, so that YAML 1.1's guesses ({@code 2e-4} a string,
 * {@code on} a truth, {@code 010} an eight) do not matter. Aliases, second documents and deep nesting, which no recipe
 * needs, are refused, so no small file grows large.
 */
final class YamlTree {
    private static final int DEEPEST = 16;
    private static final Pattern PLACE = Pattern.compile("line ([0-9]{1,9}), column");
    private static final Pattern CHARACTER = Pattern.compile("found character '(.)' that cannot start");
    private static final YAMLFactory YAML = new YAMLFactory();
    private final YAMLParser parser;
    private final IntFunction<Origin> origins;
    private final Findings findings;

    private YamlTree(YAMLParser parser, IntFunction<Origin> origins, Findings findings) {
        this.parser = parser;
        this.origins = origins;
        this.findings = findings;
    }

    /** The root of the text; nothing, and a finding, when it has none. @param origins makes the origin for a line */
    static Optional<Node.Mapping> read(String text, IntFunction<Origin> origins, Findings findings) {
        try (YAMLParser parser = YAML.createParser(text)) {
            return new YamlTree(parser, origins, findings).root();
        } catch (JsonProcessingException e) {
            findings.add(origins.apply(line(e)), "",
                    say("not valid YAML: %s; a recipe is lines of 'key: value', indented with spaces", reason(e)));
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text in memory has no such errors
        }
    }

    /**
     * The last line that the parser's message names: the one before may be where the broken group began, and the
     * exception's own location lags behind.
     */
    private static int line(JsonProcessingException e) {
        return PLACE.matcher(e.getOriginalMessage()).results().reduce((earlier, later) -> later)
                .map(place -> Integer.parseInt(place.group(1)))
                .orElseGet(() -> e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr()));
    }

    /** What is wrong, in words for whoever wrote it: the parser's speak of tokens and scalars. */
    private static String reason(JsonProcessingException e) {
        String told = e.getOriginalMessage();
        Matcher character = CHARACTER.matcher(told);
        if (told.contains("\\t(TAB)")) {
            return say("a tab stands where only spaces may");
        }
        if (told.contains("stream end") || told.contains("end of stream")) {
            return say("a bracket or a quote is opened and never closed");
        }
        if (told.contains("mapping values are not allowed")) {
            return say("a key stands where none may: a second ':' on the line, or an indentation unlike its "
                    + "neighbours'; a text that holds ': ' needs quotes");
        }
        if (told.contains("sequence entries are not allowed")) {
            return say("an item '-' stands behind a key; put it on a line of its own");
        }
        if (told.contains("expected <block end>")) {
            return say("the indentation fits no line before it");
        }
        if (told.contains("escape")) {
            return say("a backslash stands in double quotes; write it twice, or use single quotes");
        }
        if (told.contains("expected ',' or")) {
            return say("a comma or a closing bracket is missing");
        }
        if (character.find()) {
            return say("a text that begins with '%s' needs quotes", character.group(1));
        }
        return told.contains("special characters") ? say("a control character stands in it")
                : told.contains("uplicate") ? say("a key stands twice") : say("its structure is broken here");
    }

    private Optional<Node.Mapping> root() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            findings.add(Origin.NOWHERE, "", say("the recipe is empty; 'weft init' writes one to start from"));
            return Optional.empty();
        }
        Origin start = here();
        Node root = node(start, "", 0);
        if (parser.nextToken() != null) {
            findings.add(here(), "", say("a second YAML document begins; a recipe is one document"));
        }
        if (root instanceof Node.Mapping mapping) {
            return Optional.of(mapping);
        }
        findings.add(start, "", say("expected settings as 'key: value', found %s", root.described()));
        return Optional.empty();
    }

    /** The value at the current token. @param origin where its key stands */
    private Node node(Origin origin, String path, int depth) throws IOException {
        JsonToken token = parser.currentToken();
        if (depth >= DEEPEST && token.isStructStart()) {
            findings.add(here(), "", say("nested more than %d deep; a recipe needs no more than 4", DEEPEST));
            parser.skipChildren();
            return new Node.Scalar("", true, origin);
        }
        if (token == JsonToken.START_OBJECT) {
            return mapping(origin, path, depth);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Node> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(here(), path, depth + 1));
            }
            return new Node.Sequence(items, origin);
        }
        if (parser.isCurrentAlias()) {
            findings.add(here(), "", say("*%s: aliases are not used in recipes; write the value out",
                    Node.Scalar.shown(parser.getText())));
        }
        return new Node.Scalar(parser.getText(), token == JsonToken.VALUE_NULL, origin);
    }

    private Node.Mapping mapping(Origin origin, String path, int depth) throws IOException {
        Node.Mapping mapping = Node.Mapping.empty(origin);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            Origin place = here();
            parser.nextToken();
            Node value = node(place, keyPath, depth + 1);
            Node earlier = mapping.entries().putIfAbsent(key, value);
            if (earlier != null) {
                findings.add(place, keyPath, say("given twice, first in %s; keep one", earlier.origin()));
            }
        }
        return mapping;
    }

    private Origin here() { return origins.apply(parser.currentTokenLocation().getLineNr()); }
}
