package io.weft.app.command;

import io.weft.TrainingRun;
import io.weft.app.terminal.LabelledLines;
import io.weft.data.prepare.Manifest;
import io.weft.data.prepare.PreparedData;
import io.weft.train.TrainSettings;
import io.weft.train.Warmup;
import java.io.PrintStream;
import java.util.Map;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** What is said before the first step: which rows, which parameters, which plan. @param asked the settings before their defaults were worked out */
record RunOpening(TrainingRun run, TrainSettings asked) {
    void print(PrintStream to) {
        var sheet = new LabelledLines(to);
        Manifest manifest = PreparedData.open(run.folder().data()).manifest();
        Manifest.Counts rows = manifest.counts();
        sheet.line(say("model", "模型"), run.base().path() + " (" + run.base().config().modelType() + ")");
        sheet.line(say("data", "数据"), say("%s: %,d rows read, %,d rejected; %,d to train on, %,d held out", "%s:读取 %,d 行,剔除 %,d 行;训练 %,d 条,留出 %,d 条",
                manifest.source().file(), rows.read(), rows.rejected(), rows.train(), rows.heldOut()));
        if (rows.rejected() > 0) {
            sheet.more(say("rejected: %s; see %s", "剔除原因:%s;详见 %s", counted(manifest.rejected()), run.folder().data().resolve(PreparedData.REJECTED)));
        }
        if (!manifest.flags().isEmpty()) {
            sheet.more(say("worth a look: %s; see %s", "值得留意:%s;详见 %s", counted(manifest.flags()), run.folder().data().resolve(PreparedData.REPORT)));
        }
        if (!manifest.unusedFields().isEmpty()) {
            sheet.more(say("fields that are not used: %s", "未使用的字段:%s", counted(manifest.unusedFields())));
        }
        if (rows.alsoTrained() > 0) {
            sheet.more(say("%,d held-out rows ask what a training row asks too: they measure memory", "%,d 条留出数据与训练数据的提问相同:它们衡量的是记忆", rows.alsoTrained()));
        }
        sheet.more(say("rows as %s, prompts as %s, at most %,d tokens", "数据格式 %s,提示格式 %s,最多 %,d 个词元", manifest.settings().format(), manifest.settings().prompt(), manifest.settings().maxLength()));
        sheet.more(run.encoded().toString());
        sheet.line(say("tuning", "微调"), run.trainable().toString());
        TrainSettings train = run.recipe().train();
        sheet.line(say("plan", "计划"), say("%,d steps (%,d an epoch) of %d x %d %s", "共 %,d 步(每轮 %,d 步),每步 %d x %d %s", run.plan().steps(), run.plan().stepsPerEpoch(), train.batch(), train.accumulate(),
                manifest.settings().pack() ? say("packs", "包") : say("rows", "条")));
        sheet.more(say("learning rate %s, %s, warm-up %d steps", "学习率 %s,%s,预热 %d 步", rate(train.learningRate().orElseThrow()), train.schedule(), train.warmupSteps().orElseThrow()));
        Warmup.of(asked.warmupSteps(), run.plan().steps()).notice().ifPresent(sheet::more);
        sheet.line(say("run", "目录"), run.folder().path().toString());
        to.println();
    }

    /** As a recipe spells it: 0.003, 2e-4. */
    static String rate(double value) { return Double.toString(value).replace(".0E", "E").replace('E', 'e'); }

    private static String counted(Map<String, Integer> counts) {
        return counts.entrySet().stream().map(entry -> entry.getKey() + " " + entry.getValue()).collect(Collectors.joining(", "));
    }
}
