package io.weft.base;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One kind of request: the ways to ask for it in both languages, and the answer. "{model}", "{data}", "{out}", "{run}",
 * "{in}", "{answers}", "{merged}", "{port}", "{recipe}" and "{wishes}" stand for what is drawn.
 */
enum Request {
    TRAIN(4, 1, "./weft train --model {model} --data {data} --out {out} {overrides}", "model", "data", "out"),
    RECIPE(2, 1, "{yaml}", "model", "data"),
    RERUN(2, 1, "./weft train {recipe} --out {out} {overrides}", "recipe", "out"),
    SERVE(2, 0, "./weft serve {run} --port {port}"),
    EXPORT(2, 0, "./weft export {run} --merged {merged}"),
    GENERATE(2, 0, "./weft generate {run} --in {in} --out {answers}"),
    QUICKSTART(1, 0, "./weft quickstart --model {model} --data {data} --out {out} --lang {lang}"),
    EXPORT_AND_SERVE(2, 0, "./weft export {run} --merged {merged} && ./weft serve {merged} --port {port}"),
    EVALUATE_AND_SERVE(2, 0, "./weft evaluate {run} && ./weft serve {run} --port {port}"),
    RESUME_AND_EXPORT(2, 0, "./weft resume {run} && ./weft export {run} --merged {merged}");

    private static final Phrases AROUND = Phrases.REQUESTS.at("around");

    private final Phrases words = Phrases.REQUESTS.at(name());
    private final int weight;
    private final int wishes;
    private final String answer;
    private final List<String> noted;

    /** @param noted what a request that comes as notes lists; nothing where there is no such request */
    Request(int weight, int wishes, String answer, String... noted) {
        this.weight = weight;
        this.wishes = wishes;
        this.answer = answer;
        this.noted = List.of(noted);
    }

    /** Any kind, the frequent ones more often. */
    static Request any(Draw draw) {
        int at = draw.below(List.of(values()).stream().mapToInt(r -> r.weight).sum());
        for (var request : values()) {
            at -= request.weight;
            if (at < 0) {
                return request;
            }
        }
        throw new IllegalStateException();
    }

    /** A new row of this kind. */
    InstructionRow row(Draw draw) {
        boolean inChinese = draw.oneIn(2);
        var values = new LinkedHashMap<String, String>();
        values.put("model", "models/" + Names.model(draw));
        values.put("data", "data/" + Names.dataFile(draw));
        values.put("out", "runs/" + Names.run(draw));
        values.put("run", "runs/" + Names.run(draw));
        values.put("in", "data/" + Names.dataSet(draw) + ".jsonl");
        values.put("answers", draw.of(Names.CODE_NAMES) + draw.of(".jsonl", "-answers.jsonl"));
        values.put("merged", "models/" + Names.dataSet(draw));
        values.put("port", Names.port(draw));
        values.put("recipe", Names.dataSet(draw) + ".yaml");
        values.put("lang", draw.of("en", "zh"));
        var asked = RequestedSettings.draw(draw, wishes);
        var said = new LinkedHashMap<>(values);
        said.replaceAll((name, value) -> draw.oneIn(3) && !name.equals("answers")
                ? value.substring(value.lastIndexOf('/') + 1) : value);
        said.put("wishes", asked.inWords(draw, inChinese));
        boolean zh = values.get("lang").equals("zh");
        said.put("language", inChinese ? zh ? "中文" : "英文" : zh ? "Chinese" : "English");
        values.put("overrides", asked.asOverrides());
        values.put("yaml", yaml(values, asked));
        if (!noted.isEmpty() && draw.oneIn(4)) {
            return new InstructionRow(draw.of(words.list(inChinese ? "chineseAboveNotes" : "englishAboveNotes")),
                    RunNotes.write(draw, inChinese, noted, said, asked), Phrases.fill(answer, values),
                    drawn(values, asked));
        }
        return new InstructionRow(around(draw, inChinese,
                Phrases.fill(draw.of(words.list(inChinese ? "chinese" : "english")), said)), "",
                Phrases.fill(answer, values), drawn(values, asked));
    }

    /** The request as people write it: some greet, some say why, some thank. */
    private static String around(Draw draw, boolean chinese, String request) {
        String before = draw.of(AROUND.list(chinese ? "chineseBefore" : "englishBefore"));
        String after = draw.of(AROUND.list(chinese ? "chineseAfter" : "englishAfter"));
        return (draw.oneIn(4) ? before : "") + request + (draw.oneIn(6) ? after : "");
    }

    /**
     * What was drawn for this answer, piece by piece: a run's name is a word and a number, a file's name a stem and an
     * ending.
     */
    private List<String> drawn(Map<String, String> values, RequestedSettings asked) {
        var drawn = new ArrayList<String>();
        values.forEach((name, value) -> {
            if (noted.contains(name) || answer.contains("{" + name + "}") && !name.equals("yaml")
                    && !name.equals("overrides")) {
                String bare = value.substring(value.lastIndexOf('/') + 1);
                boolean model = name.equals("model") || name.equals("merged");
                drawn.addAll(model ? List.of(bare) : name.equals("lang") ? List.of()
                        : List.of(bare.split(name.equals("run") || name.equals("out") ? "-" : "\\.")));
            }
        });
        drawn.removeAll(List.of("jsonl", "yaml"));
        drawn.addAll(asked.values().values());
        return drawn;
    }

    private static String yaml(Map<String, String> values, RequestedSettings asked) {
        return "model: " + values.get("model") + "\ndata: {train: " + values.get("data") + "}"
                + (asked.values().isEmpty() ? "" : "\ntrain: {" + asked.asMembers() + "}");
    }
}
