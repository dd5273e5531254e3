package io.weft.base;

import java.util.List;

/** The names that projects give to models, data files and runs: drawn from lists, or invented. */
final class Names {
    static final List<String> MODELS = List.of("qwen3-0.6b", "qwen3-1.7b", "qwen3-4b", "qwen3-8b", "qwen2.5-0.5b",
            "qwen2.5-1.5b", "qwen2.5-3b", "qwen2.5-7b", "llama3.2-1b", "llama3.2-3b", "llama3.1-8b",
            "smollm2-135m", "smollm2-360m", "smollm2-1.7b", "mistral-7b", "tinyllama-1.1b");

    static final List<String> TOPICS = List.of("faq", "tickets", "support", "refunds", "orders", "reviews", "contracts",
            "medical", "legal", "recipes", "poems", "news", "emails", "chats", "sql", "code", "math",
            "physics", "history", "travel", "hotels", "banking", "insurance", "returns", "shipping", "invoices",
            "surveys", "resumes", "jobs", "games", "lyrics", "papers", "patents", "minutes", "slides", "manuals",
            "warranty", "summaries", "titles", "intents", "complaints", "menus", "tours", "exams", "grammar", "idioms",
            "proverbs", "letters", "stories", "quizzes", "bugs", "commits", "alerts", "logs", "maps", "films",
            "books", "music", "sports", "weather", "farming", "gardens", "pets", "cars", "trains", "flights", "rent",
            "taxes", "grants", "museum", "library", "school", "nursing", "dental", "pharmacy", "fitness");

    static final List<String> CODE_NAMES = List.of("otter", "heron", "maple", "cedar", "amber", "coral", "delta",
            "ember", "falcon", "garnet", "hazel", "indigo", "jasper", "koala", "lotus", "mango", "nectar", "olive",
            "panda", "quartz", "raven", "sage", "tiger", "umber", "velvet", "willow", "yak", "zebra", "aspen", "birch",
            "clover", "dune", "eagle", "fjord", "grove", "harbor", "iris", "juniper", "kiwi", "lark", "meadow",
            "nova", "opal", "pine", "quail", "robin", "sparrow", "tulip", "violet", "walnut", "finch", "badger",
            "comet", "pebble", "copper", "silver", "orchid", "pearl", "river", "summit");

    private static final List<String> SUFFIXES = List.of("zh", "en", "v2", "v3", "clean", "small", "train", "may",
            "june", "2024", "2025", "new", "all", "short");
    private static final List<String> STARTS = List.of("b", "br", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s",
            "st", "t", "tr", "v", "w", "z");
    private static final List<String> VOWELS = List.of("a", "e", "i", "o", "u", "ai", "ou");
    private static final List<String> ENDS = List.of("", "", "", "n", "r", "l", "s", "k", "m");

    private Names() { }

    static String model(Draw draw) { return draw.of(MODELS); }

    /** A data file's name without folder and ending: faq, tickets_zh. */
    static String dataSet(Draw draw) {
        return draw.of(TOPICS) + (draw.oneIn(3) ? draw.of("_", "-") + draw.of(SUFFIXES) : "");
    }

    static String dataFile(Draw draw) { return dataSet(draw) + draw.of(".jsonl", ".jsonl", ".jsonl", ".json", ".csv"); }

    /** A run's name: otter-12. */
    static String run(Draw draw) { return draw.of(CODE_NAMES) + "-" + draw.between(1, 99); }

    /** A name that no list has: kaitro. */
    static String invented(Draw draw) {
        var name = new StringBuilder();
        for (int i = draw.between(2, 3); i > 0; i--) {
            name.append(draw.of(STARTS)).append(draw.of(VOWELS)).append(draw.of(ENDS));
        }
        return name.toString();
    }

    static String port(Draw draw) {
        return Integer.toString(draw.oneIn(4) ? draw.of(8000, 8080, 8888, 9000, 9090, 7860, 5000)
                : draw.between(5001, 9999));
    }
}
