package io.weft.data.augment;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chinese instructions: with and without 请, as a request and as a question, with another verb of the same meaning at
 * the head, 如何 and 怎样, the mark at the end. Only the first verb is looked at, never what it is about.
 */
final class ChineseRules {
    private static final JsonNode WORDS = JsonFile.beside(ChineseRules.class, "chinese.json");
    private static final Pattern POLITE = pattern("polite"), HOW = pattern("how"), QUESTION = pattern("question"),
            END = pattern("end"), SENTENCE = pattern("sentence");
    /** Verbs that begin an order, with one that says the same where there is one. */
    private static final Map<String, String> VERBS = new TreeMap<>();

    static {
        WORDS.path("verbs").properties().forEach(verb -> VERBS.put(verb.getKey(), verb.getValue().asText()));
    }

    private ChineseRules() {}

    private static Pattern pattern(String name) { return Pattern.compile(WORDS.path(name).asText()); }

    /** A frame with the words in it. */
    private static String framed(JsonNode frame, String words) { return frame.asText().replace("%s", words); }

    /** @param open whether a colon follows, so that no mark can stand at the end */
    static List<Variant> of(String head, boolean open) {
        Matcher polite = POLITE.matcher(head);
        String order = polite.find() ? head.substring(polite.end()) : head;
        Matcher mark = END.matcher(order);
        String end = mark.find() ? mark.group() : "", bare = END.matcher(order).replaceFirst("");
        List<Variant> variants = new ArrayList<>();
        if (QUESTION.matcher(order).find()) {
            question(variants, bare, end, open);
        } else if (!end.equals(asked()) && !end.equals("?") && !SENTENCE.matcher(bare).find()) {
            VERBS.keySet().stream().filter(bare::startsWith).max((a, b) -> a.length() - b.length())
                    .ifPresent(verb -> order(variants, bare, end, verb, open));
        }
        return variants;
    }

    private static void order(List<Variant> variants, String bare, String end, String verb, boolean open) {
        String plain = open ? "" : end;
        variants.add(new Variant("plain", bare + plain));
        JsonNode please = WORDS.path("please");
        please.forEach(frame -> variants.add(new Variant("polite", framed(frame, bare + plain))));
        if (!open) {
            WORDS.path("asQuestion").forEach(frame -> variants.add(new Variant("question", framed(frame, bare))));
            variants.add(new Variant("mark", framed(end.isEmpty() ? WORDS.path("withMark") : please.path(0), bare)));
        }
        String other = VERBS.get(verb);
        if (!other.isEmpty() && !bare.startsWith(other)) {
            variants.add(new Variant("verb", other + bare.substring(verb.length()) + plain));
            variants.add(new Variant("verb", framed(please.path(0), other + bare.substring(verb.length()) + plain)));
        }
    }

    private static void question(List<Variant> variants, String bare, String end, boolean open) {
        String mark = open ? "" : end.isEmpty() ? asked() : end;
        WORDS.path("inquire").forEach(frame -> variants.add(new Variant("polite", framed(frame, bare + mark))));
        variants.add(new Variant("imperative", framed(WORDS.path("answer"), bare + mark)));
        Matcher how = HOW.matcher(bare);
        if (how.find()) {
            WORDS.path("hows").forEach(other -> variants.add(new Variant("how", other.asText()
                    + bare.substring(how.end()) + mark)));
        }
    }

    /** The mark behind a question. */
    private static String asked() { return WORDS.path("asked").asText(); }
}
