package io.weft.evaluate.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.evaluate.IntervalText;
import io.weft.evaluate.Measure;
import io.weft.file.JsonFile;
import io.weft.metric.bootstrap.PairedDifference;
import io.weft.objective.LossSum;
import io.weft.run.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * What each stage of a run changed on the same held-out rows; {@code evaluation/stages.json}.
 *
 * @param rows   that were judged  @param of how many held-out rows there are
 * @param scores the base first, then the stages in their order, as far as they are done
 */
public record StageTable(int rows, int of, List<StageScore> scores) {
    /** The files in a run's evaluation folder. */
    public static final String FILE = "stages.json", PAGE = "stages.html";
    private static final String FORMAT = "weft.stageScores";
    private static final int VERSION = 1;

    public StageTable { scores = List.copyOf(scores); }

    /** Nothing where none was written, or by another version. */
    public static Optional<StageTable> read(RunFolder run) {
        Path file = run.evaluation().resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        ObjectNode root = JsonFile.object(file);
        if (!FORMAT.equals(root.path("format").asText()) || root.path("version").asInt() != VERSION) {
            return Optional.empty();
        }
        List<StageScore> scores = new ArrayList<>();
        root.path("stages").forEach(stage -> scores.add(new StageScore(stage.path("number").asInt(),
                stage.path("name").asText(), numbers(stage.path("scores")), own(stage.path("own")),
                losses(stage.path("losses")))));
        return Optional.of(new StageTable(root.at("/rows/evaluated").asInt(), root.at("/rows/heldOut").asInt(),
                scores));
    }

    /** Pairs of a sum and what was counted. */
    private static List<LossSum> losses(JsonNode node) {
        List<LossSum> losses = new ArrayList<>();
        node.forEach(loss -> losses.add(new LossSum(loss.path(0).asDouble(), loss.path(1).asLong())));
        return losses;
    }

    private static Optional<StageScore.Own> own(JsonNode own) {
        return own.isObject() ? Optional.of(new StageScore.Own(own.path("objective").asText(),
                own.path("loss").asDouble(), numbers(own.path("metrics")))) : Optional.empty();
    }

    private static Map<String, Double> numbers(JsonNode node) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        node.properties().forEach(field -> numbers.put(field.getKey(), field.getValue().asDouble()));
        return numbers;
    }

    /** As the file holds it. */
    String json() {
        ObjectNode root = JsonFile.JSON.createObjectNode().put("format", FORMAT).put("version", VERSION);
        root.putObject("rows").put("evaluated", rows).put("heldOut", of);
        var stages = root.putArray("stages");
        for (StageScore score : scores) {
            ObjectNode stage = stages.addObject().put("number", score.number()).put("name", score.name());
            score.scores().forEach(stage.putObject("scores")::put);
            score.own().ifPresentOrElse(own -> {
                ObjectNode node = stage.putObject("own").put("objective", own.objective()).put("loss", own.loss());
                own.metrics().forEach(node.putObject("metrics")::put);
            }, () -> stage.putNull("own"));
            var losses = stage.putArray("losses");
            score.losses().forEach(loss -> losses.addArray().add(loss.total()).add(loss.count()));
        }
        return root.toPrettyString() + "\n";
    }

    /** Whether the model was judged as this stage left it. */
    public boolean has(int number) { return scores.stream().anyMatch(score -> score.number() == number); }

    /** With one more. */
    public StageTable plus(StageScore score) {
        List<StageScore> all = new ArrayList<>(scores);
        all.add(score);
        return new StageTable(rows, of, all);
    }

    private List<Measure> measures() {
        return Measure.usual().stream()
                .filter(measure -> scores.stream().anyMatch(score -> score.score(measure).isPresent())).toList();
    }

    public List<String> heading() {
        List<String> cells = new ArrayList<>(List.of(say("stage")));
        for (Measure measure : measures()) {
            cells.add(measure.label());
            if (measure == Measure.LOSS) {
                cells.add(say("change"));
            }
        }
        cells.add(say("the stage's own measure"));
        return cells;
    }

    /** A line for the base and for every stage. @param cells as many as the heading has */
    public record Line(List<String> cells, String verdict) {}

    /** The verdict is that of the held-out loss against the stage before, see {@link Verdict#word}. */
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        StageScore before = null;
        for (StageScore score : scores) {
            String verdict = before == null ? "" : score.loss(before).map(line -> line.verdict().word()).orElse("");
            lines.add(new Line(cells(score, before), verdict));
            before = score;
        }
        return lines;
    }

    private List<String> cells(StageScore score, StageScore before) {
        List<String> cells = new ArrayList<>(List.of(score.number() == 0 ? say("base")
                : score.number() + " " + score.name()));
        for (Measure measure : measures()) {
            cells.add(score.score(measure).map(value -> number("%,." + measure.digits() + "f", value)).orElse("–"));
            if (measure == Measure.LOSS) {
                cells.add(before == null ? "" : score.loss(before).map(line -> number("%+,.4f", line.difference())
                        + IntervalText.half(measure, line.chance().map(PairedDifference::interval))).orElse("–"));
            }
        }
        cells.add(score.own().map(StageTable::own).orElse(""));
        return cells;
    }

    private static String own(StageScore.Own own) {
        return own.objective() + number(" %.4f", own.loss()) + own.metrics().entrySet().stream()
                .map(metric -> ", " + metric.getKey() + number(" %.4f", metric.getValue()))
                .collect(Collectors.joining());
    }

    private static String number(String format, double value) { return String.format(Locale.ROOT, format, value); }

    /** What was measured, on what: a sentence each. */
    public List<String> conditions() {
        return List.of(rows == of ? say("held-out rows: %,d", rows) : say("held-out rows: the first %,d of %,d", rows,
                of), say("The same rows for every stage, which none was trained on; the change is that to the line "
                + "above, ± half of its interval."));
    }
}
