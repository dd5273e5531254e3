package io.weft.base;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A sentence or two on what somebody did with a run, and its names and numbers once more as a list. */
final class RunReport {
    private static final List<String> ENGLISH = List.of(
            "Yesterday {owner} trained {model} on {data}; the result is {run}.",
            "{owner} merged {run} into {merged}, and the folder was copied to {host}.",
            "The server for {run} listens on port {port} of {host}.",
            "We evaluated {run} and then served it on port {port}. {owner} wrote the report.",
            "{run} was stopped at step {step} and resumed by {owner} the next day.",
            "{run} answered all prompts of {data} and wrote them to {answers}.",
            "The recipe {recipe} was run again as {run}, this time with {model}.",
            "{model} sees {data} as {step} tokens in all.",
            "After the export to {merged} the service at port {port} was started with the merged model.",
            "{owner} compared {run} before and after tuning on {data}.",
            "{data} was cleaned by {owner}; {step} rows are left and ready for {model}.",
            "Experiment {run}: base model {model}, data {data}, started by {owner}.",
            "The interrupted run {run} finished at step {step}; its weights are in {merged}.",
            "The results of {run} and of {recipe} are under {merged}.",
            "Questions from {data} go to {run} on {host}, port {port}.");

    private static final List<String> CHINESE = List.of(
            "昨天{owner}用 {data} 微调了 {model}，结果是 {run}。",
            "{owner}把 {run} 合并导出到 {merged}，又复制到 {host}。",
            "{run} 部署在 {host}，服务监听 {port} 端口。",
            "先评估了 {run}，然后在 {port} 端口启动服务，报告由{owner}写。",
            "{run} 在第 {step} 步中断，第二天{owner}接着训练完了。",
            "{run} 回答了 {data} 里的问题，批量生成的回答写到 {answers}。",
            "按配方 {recipe} 又跑了一次，叫 {run}，这次底座是 {model}。",
            "{data} 按 {model} 分词以后一共 {step} 个词元。",
            "导出到 {merged} 之后，用端口 {port} 启动了合并后的模型。",
            "{owner}对比了 {run} 在 {data} 上微调前后的效果。",
            "{data} 已经由{owner}清洗过，剩下 {step} 条，准备给 {model} 训练。",
            "实验 {run}：基座模型 {model}，训练数据 {data}，{owner}负责。",
            "没跑完的 {run} 在第 {step} 步结束，合并后的权重放在 {merged}。",
            "{run} 的适配器并入底座以后存成 {merged}，目录在 {host}。",
            "通过 HTTP 调用 {host} 上的 {run}，端口是 {port}。");

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
                .map(sentence -> fill(sentence, values)).collect(Collectors.joining(chinese ? "" : " "));
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

    private static String fill(String sentence, Map<String, String> values) {
        String text = sentence;
        for (var value : values.entrySet()) {
            text = text.replace("{" + value.getKey() + "}", value.getValue());
        }
        return text;
    }
}
