package io.weft.base;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A sentence or two on what somebody did with a run, and its names and numbers once more as a list. */
final class RunReport {
    private static final List<String> ENGLISH = Phrases.REPORTS.list("english"),
            CHINESE = Phrases.REPORTS.list("chinese");

    private RunReport() { }

    static String write(Draw draw) {
        boolean chinese = draw.oneIn(2);
        var values = new LinkedHashMap<String, String>();
        values.put("owner", Fact.OWNER.value(draw));
        values.put("model", Fact.MODEL.value(draw));
        values.put("data", Fact.DATA.value(draw));
        values.put("run", Fact.RUN.value(draw));
        values.put("merged", Fact.MERGED.value(draw));
        values.put("answers", Fact.ANSWERS.value(draw));
        values.put("port", Fact.PORT.value(draw));
        values.put("recipe", (draw.oneIn(4) ? Names.invented(draw) : Names.dataSet(draw)) + ".yaml");
        values.put("host", Names.invented(draw) + draw.between(1, 20));
        values.put("step", Fact.STEPS.value(draw));
        var used = new ArrayList<String>();
        String text = draw.some(chinese ? CHINESE : ENGLISH, draw.between(1, 2)).stream()
                .peek(sentence -> values.keySet().stream()
                .filter(name -> sentence.contains("{" + name + "}") && !used.contains(name)).forEach(used::add))
                .map(sentence -> Phrases.fill(sentence, values)).collect(Collectors.joining(chinese ? "" : " "));
        return text + draw.of("\n", "\n\n") + again(draw, used, values);
    }

    private static String again(Draw draw, List<String> used, Map<String, String> values) {
        var names = draw.some(used, used.size());
        return switch (draw.below(5)) {
            case 0 -> names.stream().map(values::get).collect(Collectors.joining(draw.of(" ", ", ", "\n")));
            case 1 -> names.stream().map(name -> "--" + name + " " + values.get(name))
                    .collect(Collectors.joining(" ", draw.of("$ tool ", "$ job ", ""), ""));
            case 2 -> names.stream().map(name -> "\"" + name + "\": \"" + values.get(name) + "\"")
                    .collect(Collectors.joining(", ", "{", "}"));
            case 3 -> names.stream().map(name -> name + "=" + values.get(name))
                    .collect(Collectors.joining(draw.of(" ", "\n")));
            default -> names.stream().map(name -> name + ": " + values.get(name)).collect(Collectors.joining("\n"));
        };
    }
}
