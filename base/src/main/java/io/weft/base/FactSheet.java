package io.weft.base;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A few facts about one run, told again and again in different forms: as prose, list, table, YAML, JSON, flags,
 * questions. Whoever reads many of them learns to find a value and to copy it.
 */
final class FactSheet {
    private record Told(Fact fact, String value) {
        /** Names of runs, models and files stand with their folder here and without it there. */
        Told elsewhere(Draw draw) {
            int slash = value.indexOf('/');
            return slash < 0 || !draw.oneIn(4) ? this : new Told(fact, value.substring(slash + 1));
        }
    }

    private final Draw draw;
    private final List<Told> facts;

    FactSheet(Draw draw, int size) {
        this.draw = draw;
        this.facts = draw.some(List.of(Fact.values()), size).stream().map(fact -> new Told(fact, fact.value(draw)))
                .toList();
    }

    /** The facts in the given number of forms, one below the other. */
    String tell(int forms) {
        var parts = new ArrayList<String>();
        for (int i = 0; i < forms; i++) {
            parts.add(form());
        }
        if (draw.oneIn(3)) {
            parts.add(questions());
        }
        return String.join(draw.of("\n\n", "\n\n", "\n"), parts);
    }

    private String form() {
        var told = draw.oneIn(2) ? facts : draw.some(facts, Math.max(2, facts.size() - draw.between(0, 2)));
        told = told.stream().map(t -> t.elsewhere(draw)).toList();
        return switch (draw.below(14)) {
            case 0, 1, 2 -> prose(told, false);
            case 3, 4, 5 -> prose(told, true);
            case 6 -> lines(told, draw.of("", "- ", "* "), ": ", false);
            case 7 -> lines(told, draw.of("", "- ", "· "), draw.of("：", ": "), true);
            case 8 -> head(Phrases.SHEETS.at("json")) + told.stream()
                    .map(t -> "\"" + t.fact.key(draw) + "\": \"" + t.value + "\"")
                    .collect(Collectors.joining(", ", "{", "}"));
            case 9 -> told.stream().map(t -> t.fact.key(draw) + "=" + t.value)
                    .collect(Collectors.joining(draw.of(" ", "\n", ", ")));
            case 10 -> "$ " + draw.of("python train.py", "python run.py", "tune", "launch", "sh job.sh") + " "
                    + told.stream().map(t -> "--" + t.fact.key(draw) + " " + t.value).collect(Collectors.joining(" "));
            case 11 -> table(told);
            case 12 -> told.stream().map(t -> t.fact.key(draw)).collect(Collectors.joining(",")) + "\n" + told.stream()
                    .map(Told::value).collect(Collectors.joining(","));
            default -> yaml(told);
        };
    }

    private String head(Phrases words) {
        return draw.oneIn(2) ? "" : words.text(draw.oneIn(2) ? "english" : "chinese");
    }

    private String prose(List<Told> told, boolean chinese) {
        var phrases = told.stream().map(t -> t.fact.inWords(chinese, draw, t.value)).toList();
        if (chinese) {
            String start = draw.of(Phrases.SHEETS.list("chineseStarts"));
            return start + String.join(draw.of("，", "，", "、"), phrases) + draw.of("。", "。", "");
        }
        String start = draw.of(Phrases.SHEETS.list("englishStarts"));
        String last = phrases.size() > 1 ? draw.of(" and ", ", ") + phrases.get(phrases.size() - 1) : "";
        return start + String.join(", ", phrases.subList(0, Math.max(1, phrases.size() - 1))) + last
                + draw.of(".", ".", "");
    }

    private String lines(List<Told> told, String bullet, String colon, boolean chinese) {
        return told.stream().map(t -> bullet + (chinese ? t.fact.chineseName() : t.fact.key(draw)) + colon + t.value)
                .collect(Collectors.joining("\n"));
    }

    private String table(List<Told> told) {
        boolean chinese = draw.oneIn(2);
        return told.stream().map(t -> chinese ? t.fact.chineseName() : t.fact.key(draw))
                .collect(Collectors.joining(" | ", "| ", " |\n")) + "|" + "---|".repeat(told.size()) + "\n"
                + told.stream().map(Told::value).collect(Collectors.joining(" | ", "| ", " |"));
    }

    private String yaml(List<Told> told) {
        String top = draw.of("settings", "job", "config", "params", "run");
        return draw.oneIn(2) ? top + ":\n" + lines(told, "  ", ": ", false)
                : top + ": {" + told.stream().map(t -> t.fact.key(draw) + ": " + t.value)
                .collect(Collectors.joining(", ")) + "}";
    }

    private String questions() {
        boolean chinese = draw.oneIn(2);
        return draw.some(facts, draw.between(1, 3)).stream()
                .map(t -> chinese ? t.fact.chineseName() + draw.of(Phrases.SHEETS.list("questionEnds"))
                + draw.of("\n", " ") + t.value
                + draw.of("", "。")
                        : draw.of("Q: ", "") + t.fact.key(draw) + "?" + draw.of("\nA: ", " ") + t.value)
                .collect(Collectors.joining("\n"));
    }
}
