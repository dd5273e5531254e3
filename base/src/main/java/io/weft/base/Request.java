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
    TRAIN(4, 1, List.of(
            "Fine-tune {model} on {data} with {wishes} and save the run as {out}.",
            "Train {model} on {data}, {wishes}. Output: {out}.",
            "I want to tune {model} with the rows of {data}: {wishes}. The run should be called {out}.",
            "Please start a LoRA run on {data}. Base model {model}, {wishes}, results to {out}.",
            "How do I fine-tune {model} on {data} with {wishes}? It should end up in {out}.",
            "{data} is cleaned and ready. Tune {model} on it ({wishes}) and keep the run in {out}.",
            "Can you give me the command that trains {model} on {data} with {wishes}, writing to {out}?",
            "New experiment {out}: {model}, {data}, {wishes}.",
            "Take {model}, train it on {data} with {wishes}, and call the run {out}.",
            "The run {out} should use {data} and {model}, with {wishes}."), List.of(
            "用 {data} 微调 {model}，{wishes}，结果放到 {out}。",
            "帮我在 {model} 上训练 {data}，{wishes}，输出目录 {out}。",
            "请用 LoRA 训练：底座 {model}，数据 {data}，{wishes}，保存到 {out}。",
            "我想拿 {data} 调一下 {model}，{wishes}，存成 {out}，命令怎么写？",
            "新实验 {out}：{model} 加 {data}，{wishes}。",
            "{data} 已经清洗好了，拿来微调 {model}，{wishes}，跑完放在 {out}。",
            "写一条训练命令：模型 {model}，数据 {data}，输出 {out}，{wishes}。",
            "今晚跑 {out}，底座用 {model}，数据用 {data}，{wishes}。",
            "麻烦起一个 run 叫 {out}，base 是 {model}，data 是 {data}，{wishes}。"),
            List.of("Write the training command for these notes.", "Turn this into a weft command.",
            "Which command starts this training?", "Command for this run, please."),
            List.of("把下面的要求写成训练命令。", "按这些设置写出 weft 命令。", "这样训练用什么命令？", "根据备忘写命令。"),
            List.of("model", "data", "out"), "./weft train --model {model} --data {data} --out {out} {overrides}"),
    RECIPE(2, 1, List.of(
            "Write a recipe for {model} and {data} with {wishes}.",
            "I need a YAML recipe: model {model}, data {data}, {wishes}.",
            "Put this into a recipe file: {wishes}, trained on {data}, starting from {model}.",
            "Recipe please: tune {model} on {data} with {wishes}.",
            "What does the recipe look like for {data} on {model} with {wishes}?"), List.of(
            "写一个配方：模型 {model}，数据 {data}，{wishes}。",
            "给我一份 YAML 配方，用 {data} 训练 {model}，{wishes}。",
            "把这些写成 recipe：{wishes}，数据 {data}，底座 {model}。",
            "{model} 用 {data} 训练，{wishes}，配方文件怎么写？"),
            List.of("Write the recipe for these notes.", "Turn this into a recipe.",
            "I would rather have this as a YAML recipe.", "Make a recipe file of it."),
            List.of("把下面的内容写成配方。", "按这些设置写一份 YAML 配方。", "整理成 recipe 文件。", "根据备忘写配方。"),
            List.of("model", "data"), "{yaml}"),
    RERUN(2, 1, List.of(
            "Run {recipe} again as {out}, but with {wishes}.",
            "Use the recipe {recipe} with {wishes} and write to {out}.",
            "Same recipe {recipe}, only {wishes} this time. Call the run {out}.",
            "Start {out} from {recipe} and change it to {wishes}."), List.of(
            "按 {recipe} 再跑一次，改成 {wishes}，输出到 {out}。",
            "用配方 {recipe}，{wishes}，结果存到 {out}。",
            "还是 {recipe} 这个配方，不过要 {wishes}，叫 {out}。",
            "从 {recipe} 开始跑 {out}，{wishes}。"),
            List.of("Run this recipe with the changes below.", "Start the recipe again with these changes.",
            "Write the command for the recipe and its changes."),
            List.of("按下面的改动重跑配方。", "用这份配方和这些改动再训练一次。", "写出带改动的配方命令。"),
            List.of("recipe", "out"), "./weft train {recipe} --out {out} {overrides}"),
    SERVE(2, 0, List.of(
            "Serve {run} on port {port}.",
            "Put the tuned model {run} behind port {port}.",
            "I want to call {run} over HTTP, port {port}.",
            "Start a server for {run} that listens on {port}.",
            "Which command opens {run} at port {port}?"), List.of(
            "把 {run} 部署到 {port} 端口。",
            "用 {port} 端口启动 {run} 的服务。",
            "我想通过 HTTP 调用 {run}，端口 {port}。",
            "{run} 训练完了，请在端口 {port} 上提供服务。"),
            "./weft serve {run} --port {port}"),
    EXPORT(2, 0, List.of(
            "Merge {run} into {merged}.",
            "Export {run} as a whole model to {merged}.",
            "I need the merged weights of {run} in {merged}.",
            "Turn the adapter of {run} into an ordinary model folder {merged}."), List.of(
            "把 {run} 合并导出到 {merged}。",
            "导出 {run} 的完整模型，放在 {merged}。",
            "我要 {run} 合并后的权重，目录 {merged}。",
            "请将 {run} 的适配器并入底座，写到 {merged}。"),
            "./weft export {run} --merged {merged}"),
    GENERATE(2, 0, List.of(
            "Let {run} answer the prompts in {in} and write them to {answers}.",
            "Generate answers with {run} for {in}, output file {answers}.",
            "Run all prompts of {in} through {run}. The answers go to {answers}.",
            "I have questions in {in}; {run} should answer them into {answers}."), List.of(
            "用 {run} 回答 {in} 里的问题，写到 {answers}。",
            "批量生成：{in} 交给 {run}，结果存为 {answers}。",
            "让 {run} 把 {in} 里的提示都答一遍，回答放在 {answers}。",
            "拿 {in} 去问 {run}，输出 {answers}。"),
            "./weft generate {run} --in {in} --out {answers}"),
    QUICKSTART(1, 0, List.of(
            "Show me the whole way in {language} with {model} and {data}, into {out}.",
            "Do a quickstart in {language} on {data} with {model}; put it in {out}.",
            "Quickstart, please, with {model}, my data {data}, results under {out}, texts in {language}."), List.of(
            "用 {model} 和 {data} 走一遍快速开始，界面用{language}，放到 {out}。",
            "快速体验一下：数据 {data}，模型 {model}，目录 {out}，{language}显示。",
            "跑一次 quickstart，{language}的，{model} 配 {data}，结果放 {out}。"),
            "./weft quickstart --model {model} --data {data} --out {out} --lang {lang}"),
    EXPORT_AND_SERVE(2, 0, List.of(
            "Merge {run} into {merged} and then serve that on port {port}.",
            "Export {run} to {merged} and open the result at port {port}.",
            "I want {run} merged as {merged} and running on {port}."), List.of(
            "先把 {run} 合并到 {merged}，再在 {port} 端口启动。",
            "导出 {run} 到 {merged}，然后用端口 {port} 提供服务。",
            "{run} 合并成 {merged} 之后部署在 {port}。"),
            "./weft export {run} --merged {merged} && ./weft serve {merged} --port {port}"),
    EVALUATE_AND_SERVE(2, 0, List.of(
            "Evaluate {run} first, then serve it on port {port}.",
            "How good is {run}? Check it and bring it up on {port}.",
            "Compare {run} before and after, and if that works start it at port {port}."), List.of(
            "先评估 {run}，再用 {port} 端口启动。",
            "看看 {run} 效果如何，然后部署到端口 {port}。",
            "给 {run} 做个前后对比，之后在 {port} 上提供服务。"),
            "./weft evaluate {run} && ./weft serve {run} --port {port}"),
    RESUME_AND_EXPORT(2, 0, List.of(
            "{run} was stopped. Go on with it and merge the result into {merged}.",
            "Resume {run}, then export it to {merged}.",
            "Finish the interrupted run {run} and put the merged model in {merged}."), List.of(
            "{run} 中断了，接着训练，完成后合并到 {merged}。",
            "继续 {run}，然后导出到 {merged}。",
            "把没跑完的 {run} 跑完，合并后的模型放在 {merged}。"),
            "./weft resume {run} && ./weft export {run} --merged {merged}");

    private static final List<String> BEFORE_ENGLISH = List.of("Hi! ", "Hello. ", "Good morning. ", "Next job: ",
            "One more: ", "The machine is free now. ", "We decided yesterday. ", "For the demo on Friday: ",
            "I am new to this. ");
    private static final List<String> BEFORE_CHINESE = List.of("你好，", "您好！", "早上好。", "下一个任务：", "再来一个：", "机器现在空着。",
            "昨天商量好了。", "周五要演示。", "我是新手，");
    private static final List<String> AFTER_ENGLISH = List.of(" Thanks!", " Thank you.", " Just the text, please.",
            " No explanation needed.");
    private static final List<String> AFTER_CHINESE = List.of("谢谢！", "多谢。", "直接给结果就行。", "不用解释。");

    private final int weight;
    private final int wishes;
    private final List<String> english;
    private final List<String> chinese;
    private final List<String> englishAboveNotes;
    private final List<String> chineseAboveNotes;
    private final List<String> noted;
    private final String answer;

    Request(int weight, int wishes, List<String> english, List<String> chinese, String answer) {
        this(weight, wishes, english, chinese, List.of(), List.of(), List.of(), answer);
    }

    Request(int weight, int wishes,
            List<String> english, List<String> chinese, List<String> englishAboveNotes, List<String> chineseAboveNotes,
            List<String> noted, String answer) {
        this.weight = weight;
        this.wishes = wishes;
        this.english = english;
        this.chinese = chinese;
        this.englishAboveNotes = englishAboveNotes;
        this.chineseAboveNotes = chineseAboveNotes;
        this.noted = noted;
        this.answer = answer;
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
    InstructionSet.Row row(Draw draw) {
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
            return new InstructionSet.Row(draw.of(inChinese ? chineseAboveNotes : englishAboveNotes),
                    RunNotes.write(draw, inChinese, noted, said, asked), fill(answer, values), drawn(values, asked));
        }
        return new InstructionSet.Row(around(draw, inChinese, fill(draw.of(inChinese ? chinese : english), said)), "",
                fill(answer, values), drawn(values, asked));
    }

    /** The request as people write it: some greet, some say why, some thank. */
    private static String around(Draw draw, boolean chinese, String request) {
        String before = draw.of(chinese ? BEFORE_CHINESE : BEFORE_ENGLISH);
        String after = draw.of(chinese ? AFTER_CHINESE : AFTER_ENGLISH);
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

    private static String fill(String template, Map<String, String> values) {
        String text = template;
        for (var value : values.entrySet()) {
            text = text.replace("{" + value.getKey() + "}", value.getValue());
        }
        return text;
    }
}
