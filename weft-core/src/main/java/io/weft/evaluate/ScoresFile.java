package io.weft.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.generate.Sampling;
import io.weft.metric.BleuTokens;
import io.weft.metric.Chrf;
import io.weft.metric.Classification;
import io.weft.metric.Confusion;
import io.weft.metric.EvaluateBleu;
import io.weft.metric.LabelSet;
import io.weft.metric.LlamaFactoryBleu4;
import io.weft.metric.PrecisionRecall;
import io.weft.metric.TrainedAnswers;
import io.weft.metric.bootstrap.Bootstrap;
import io.weft.metric.bootstrap.Interval;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@code scores.json}: the table with all of its digits, what it was measured on, and what lies behind its numbers.
 * Scores go from 0 to 100. A measure that does not apply is null, with the reason beside it.
 */
final class ScoresFile {
    static final String FORMAT = "weft.scores";
    static final int VERSION = 2;
    private static final int EXAMPLES = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ScoresFile() {}

    static void write(Path file, Comparison c) {
        ObjectNode root = JSON.createObjectNode().put("format", FORMAT).put("version", VERSION);
        root.putObject("rows").put("evaluated", c.rows().rows()).put("heldOut", c.rows().of())
                .put("questions", c.rows().questions().size()).put("promptsShortened", c.rows().shortened());
        Sampling sampling = c.settings().sampling();
        root.putObject("settings").put("greedy", sampling.isGreedy()).put("promptTokens", c.settings().promptTokens())
                .put("maxNewTokens", sampling.maxNewTokens())
                .put("temperature", sampling.temperature()).put("topP", sampling.topP()).put("topK", sampling.topK())
                .put("minP", sampling.minP())
                .put("repetitionPenalty", sampling.repetitionPenalty()).put("seed", sampling.seed());
        if (!c.rows().questions().isEmpty()) {
            root.putObject("tokens").put("rouge", c.tokens().rouge().label()).put("bleu", c.tokens().bleu().label());
        }
        root.putObject("intervals").put("confidence", 0.95).put("resamples", Bootstrap.RESAMPLES)
                .put("seed", sampling.seed());
        var names = root.putArray("models");
        c.models().forEach(model -> names.add(model.name()));
        var table = root.putArray("table");
        Map<Measure, String> silent = c.reasons();
        for (Measure measure : c.measures()) {
            ObjectNode row = JSON.createObjectNode().put("measure", measure.key());
            if (silent.containsKey(measure)) {
                c.models().forEach(model -> row.putNull(model.name()));
                table.add(row.put("better", measure.better().word()).put("verdict", "notApplicable")
                        .put("reason", silent.get(measure)));
            } else if (c.models().stream().anyMatch(model -> model.scores().value(measure).isPresent())) {
                table.add(put(row, c, measure));
            }
        }
        var reasons = root.putArray("notApplicable");
        c.notApplicable().forEach(reasons::add);
        Notices.of(c).forEach(root.putArray("notices")::add);
        c.labels().toTell().ifPresent(labels -> putLabels(root.putObject("labels"), labels, c.rows().trained()));
        ObjectNode details = c.isOfRun() ? root : root.putObject("details");
        c.models().forEach(model -> details(details.putObject(model.name()), c, model.answers(), model.scores()));
        AtomicFile.write(file, root.toPrettyString() + "\n");
    }

    /** A number and its interval by each model's name; and of several models each beside the first. */
    private static ObjectNode put(ObjectNode row, Comparison c, Measure measure) {
        ObjectNode intervals = JSON.createObjectNode();
        for (int i = 0; i < c.models().size(); i++) {
            String name = c.models().get(i).name();
            OptionalDouble value = c.models().get(i).scores().value(measure);
            row.put(name, value.isPresent() ? value.getAsDouble() : null);
            c.interval(measure, i).ifPresent(interval -> put(intervals.putArray(name), interval));
        }
        row.put("better", measure.better().word());
        if (!intervals.isEmpty()) {
            row.set("intervals", intervals);
        }
        if (c.isOfRun()) {
            c.line(measure).ifPresent(line -> put(row, line));
        } else {
            var differences = row.putArray("differences");
            for (int from = 0; from < c.models().size(); from++) {
                for (int to = from + 1; to < c.models().size(); to++) {
                    ObjectNode pair = JSON.createObjectNode().put("from", c.models().get(from).name())
                            .put("to", c.models().get(to).name());
                    c.line(measure, from, to).ifPresent(line -> put(differences.addObject().setAll(pair), line));
                }
            }
        }
        return row;
    }

    private static void put(JsonNode into, Comparison.Line line) {
        ObjectNode row = (ObjectNode) into;
        row.put("difference", line.difference());
        line.percent().ifPresentOrElse(percent -> row.put("percent", percent), () -> row.putNull("percent"));
        line.chance().ifPresent(chance -> {
            put(row.putArray("differenceInterval"), chance.interval());
            row.put("differingRows", chance.differing());
            chance.rowsNeeded().ifPresent(rows -> row.put("rowsNeeded", rows));
        });
        row.put("verdict", line.verdict().word());
    }

    private static void put(ArrayNode into, Interval interval) { into.add(interval.low()).add(interval.high()); }

    private static void details(ObjectNode into, Comparison c, Answers answers, Scores scores) {
        boolean ofTokens = scores.objective().isLikelihood();
        ObjectNode loss = into.putObject("loss").put("sum", scores.loss().total())
                .put(ofTokens ? "tokens" : "rows", scores.loss().count());
        if (!ofTokens) {
            loss.put("objective", scores.objective().name());
            scores.objective().metrics(scores.loss()).forEach(loss.putObject("metrics")::put);
        }
        if (!answers.each().isEmpty()) {
            var sums = loss.putArray("sums");
            var counts = loss.putArray("counts");
            answers.each().forEach(each -> {
                sums.add(each.total());
                counts.add(each.count());
            });
        }
        into.putObject("generation").put("tokens", answers.tokens()).put("seconds", answers.seconds())
                .put("tokensPerSecond", answers.tokensPerSecond()).put("unfinished", answers.unended())
                .put("empty", answers.empty());
        scores.rouge().ifPresent(rouge -> {
            ObjectNode node = into.putObject("rouge");
            put(node.putObject("rouge1"), rouge.rouge1());
            if (scores.lengths().pairs() > 0) {
                put(node.putObject("rouge2"), rouge.rouge2());
            } else {
                node.putNull("rouge2");
            }
            put(node.putObject("rougeL"), rouge.rougeL());
            put(node.putObject("rougeLsum"), rouge.rougeLsum());
        });
        scores.bleu().ifPresent(bleu -> {
            ObjectNode node = into.putObject("bleu").put("score", bleu.score())
                    .put("brevityPenalty", bleu.brevityPenalty())
                    .put("predictionLength", bleu.predictionLength()).put("referenceLength", bleu.referenceLength());
            bleu.precisions().forEach(node.putArray("precisions")::add);
        });
        scores.exactMatch().ifPresent(exact -> into.putObject("exactMatch").put("strict", 100 * exact.strict())
                .put("strictMatches", exact.strictMatches())
                .put("normalised", 100 * exact.normalised()).put("normalisedMatches", exact.normalisedMatches()));
        if (!c.rows().questions().isEmpty() && !c.rows().objective().readout().isOfRows()) {
            putOthers(into.putObject("asOtherToolsScore"), answers.texts(), c.rows().expected(), c.tokens().bleu());
        }
        scores.classification().ifPresent(classification ->
                put(into.putObject("classification"), classification, scores.confusion().orElseThrow()));
    }

    /** Numbers to hold beside those of other tools; by the same names they are counted differently there. */
    private static void putOthers(ObjectNode into, List<String> given, List<String> expected, BleuTokens cut) {
        into.put("chrf", Chrf.corpus(given, expected)).put("chrfPlusPlus", Chrf.plusPlus(given, expected))
                .put("evaluateBleu", 100 * EvaluateBleu.corpus(given, expected, cut::tokens, false).bleu())
                .put("llamaFactoryBleu4", LlamaFactoryBleu4.corpus(given, expected));
    }

    private static void putLabels(ObjectNode into, LabelSet labels, Optional<TrainedAnswers> trained) {
        labels.labels().forEach(into.putArray("heldOut")::add);
        trained.ifPresent(answers -> {
            into.put("trainingRows", answers.rows()).put("trainingRowsWithThem", answers.labelled());
            answers.labels().forEach(into.putObject("inTraining")::put);
            answers.others().forEach(into.putObject("onlyInTraining")::put);
        });
    }

    private static void put(ObjectNode into, Classification c, Confusion confusion) {
        into.put("accuracy", 100 * c.accuracy()).put("unknownAnswers", c.unknown());
        put(into.putObject("macro"), c.macro());
        put(into.putObject("weighted"), c.weighted());
        put(into.putObject("micro"), c.micro());
        var labels = into.putArray("labels");
        c.labels().forEach((name, label) -> {
            ObjectNode node = labels.addObject().put("label", name).put("rows", label.support());
            put(node, label.score());
        });
        var cells = into.putArray("confusion");
        confusion.cells().forEach(cell -> cells.addObject().put("expected", cell.expected())
                .put("answered", cell.answered().orElse(null)).put("rows", cell.rows()));
        var unknown = into.putArray("unknown");
        confusion.unknown().entrySet().stream().limit(EXAMPLES).forEach(answer ->
                unknown.addObject().put("answer", answer.getKey()).put("rows", answer.getValue()));
    }

    private static void put(ObjectNode into, PrecisionRecall score) {
        into.put("precision", 100 * score.precision()).put("recall", 100 * score.recall()).put("f1", 100 * score.f1());
    }
}
