package io.weft.data.augment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * English instructions: with and without please, as a request and as a question, with another verb of the same meaning
 * at the head, the mark at the end. Only the first verb is looked at, never what it is about.
 */
final class EnglishRules {
    private static final Pattern POLITE = Pattern.compile("(?i)^(?:please[,]? |(?:can|could|would) you (?:please "
            + ")?|i'd like you to |i want you to )");
    private static final Pattern QUESTION = Pattern.compile("(?i)^(?:what|how|why|who|whom|whose|which|when|where|is|"
            + "are|do|does|did|was|were)\\b");
    private static final Pattern FIRST = Pattern.compile("^([A-Za-z]+)(?= )"), END = Pattern.compile("[.?!]$");
    /** Verbs that begin an order, with one that takes the same objects and says the same where there is one. */
    private static final Map<String, String> VERBS = new TreeMap<>(Map.ofEntries(Map.entry("write", "compose"),
            Map.entry("compose", "write"), Map.entry("create", ""), Map.entry("generate", "produce"),
            Map.entry("produce", "generate"), Map.entry("give", "provide"), Map.entry("provide", "give"),
            Map.entry("list", "enumerate"), Map.entry("explain", ""), Map.entry("describe", ""),
            Map.entry("summarize", "sum up"), Map.entry("summarise", "sum up"), Map.entry("calculate", "compute"),
            Map.entry("compute", "calculate"), Map.entry("rewrite", "rephrase"), Map.entry("rephrase", "reword"),
            Map.entry("classify", "categorize"), Map.entry("categorize", "classify"), Map.entry("suggest", "propose"),
            Map.entry("identify", "determine"), Map.entry("construct", "build"), Map.entry("translate", ""),
            Map.entry("find", ""), Map.entry("name", ""), Map.entry("compare", ""), Map.entry("convert", ""),
            Map.entry("design", ""), Map.entry("edit", ""), Map.entry("answer", ""), Map.entry("analyze", ""),
            Map.entry("discuss", ""), Map.entry("develop", ""), Map.entry("make", ""), Map.entry("outline", ""),
            Map.entry("brainstorm", ""), Map.entry("arrange", ""), Map.entry("evaluate", ""), Map.entry("select", ""),
            Map.entry("predict", ""), Map.entry("propose", "suggest"), Map.entry("determine", ""),
            Map.entry("use", "")));

    private EnglishRules() {}

    /** @param open whether a colon follows, so that no mark can stand at the end */
    static List<Variant> of(String head, boolean open) {
        Matcher polite = POLITE.matcher(head);
        String order = polite.find() ? head.substring(polite.end()) : head;
        boolean asked = head.endsWith("?");
        String end = END.matcher(order).find() ? order.substring(order.length() - 1) : "";
        String bare = END.matcher(order).replaceFirst("");
        if (bare.matches("(?s).*[.?!] .*")) {
            return List.of(); // several sentences: a rule for the first would not fit the others
        }
        Matcher first = FIRST.matcher(bare);
        Optional<String> verb = first.find() ? Optional.of(first.group(1).toLowerCase(Locale.ROOT))
                .filter(VERBS::containsKey) : Optional.empty();
        if (verb.isPresent()) {
            return order(lower(bare), verb.get(), open ? "" : asked ? "." : end, open);
        }
        return QUESTION.matcher(head).find() && !open ? question(END.matcher(head).replaceFirst("")) : List.of();
    }

    private static List<Variant> order(String bare, String verb, String end, boolean open) {
        List<Variant> variants = new ArrayList<>();
        variants.add(new Variant("plain", upper(bare) + end));
        variants.add(new Variant("polite", "Please " + bare + end));
        variants.add(new Variant("polite", "I'd like you to " + bare + end));
        if (!open) {
            variants.add(new Variant("question", "Could you " + bare + "?"));
            variants.add(new Variant("question", "Can you please " + bare + "?"));
            variants.add(new Variant("mark", upper(bare) + (end.isEmpty() ? "." : "")));
        }
        String other = VERBS.get(verb);
        if (!other.isEmpty()) {
            String said = other + bare.substring(verb.length());
            variants.add(new Variant("verb", upper(said) + end));
            variants.add(new Variant("verb", "Please " + said + end));
        }
        return variants;
    }

    private static List<Variant> question(String bare) {
        return List.of(new Variant("polite", "I'd like to know: " + lower(bare) + "?"),
                new Variant("imperative", "Please answer this question: " + bare + "?"));
    }

    /** With a small first letter, but for a word that is written otherwise, such as "I". */
    private static String lower(String text) {
        boolean word = text.length() > 1 && Character.isLowerCase(text.charAt(1));
        return word ? Character.toLowerCase(text.charAt(0)) + text.substring(1) : text;
    }

    private static String upper(String text) { return Character.toUpperCase(text.charAt(0)) + text.substring(1); }
}
