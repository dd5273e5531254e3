package io.weft.feedback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.evaluate.sample.SampleAnswer;
import io.weft.evaluate.sample.SampleRow;
import io.weft.evaluate.sample.SampleRows;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import io.weft.rating.Judgement;
import io.weft.rating.Rater;
import io.weft.rating.RatingFile;
import io.weft.rating.Verdict;
import io.weft.run.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * The held-out rows that a run answers worst, with the training rows that are most like them. Training rows are read
 * one at a time, so memory holds no more than the weak rows.
 *
 * @param rows the worst first
 */
public record Feedback(Path run, List<WeakRow> rows) {
    public static final int ROWS = 20;
    private static final int NEAREST = 3;

    public Feedback { rows = List.copyOf(rows); }

    /**
     * @param most rows to take
     * @throws UserError when the run was not evaluated, or its rows ask nothing
     */
    public static Feedback of(Path path, int most) {
        RunFolder run = RunFolder.open(path);
        List<WeakRow> answered = answered(SampleRows.of(run), scores(run));
        if (answered.isEmpty()) {
            throw UserError.of(say("%s has no answers of a tuned model to look at; run weft evaluate %s", path, path));
        }
        Map<WeakRow, Double> badness = badness(answered);
        List<WeakRow> worst = answered.stream().sorted(Comparator.comparing((WeakRow row) -> badness.get(row))
                .reversed().thenComparing(WeakRow::number)).limit(most).toList();
        PreparedData data = PreparedData.open(run.data());
        try (PreparedRows training = data.train(); PreparedRows heldOut = data.heldOut()) {
            return new Feedback(path, located(worst, heldOut, nearest(worst, training)));
        }
    }

    private static List<WeakRow> answered(SampleRows samples, Map<Integer, Double> scores) {
        List<WeakRow> rows = new ArrayList<>();
        for (SampleRow row : samples.rows()) {
            SampleAnswer tuned = row.answers().get(SampleRows.TUNED);
            if (tuned != null) {
                Double score = scores.get(row.number());
                rows.add(new WeakRow(row.number(), Optional.empty(), row.prompt(), row.expected(), tuned.answer(),
                        tuned.loss(), tuned.rougeL(), score == null ? OptionalDouble.empty()
                        : OptionalDouble.of(score), List.of()));
            }
        }
        return rows;
    }

    /** The mean score that people gave the tuned answer, by row. */
    private static Map<Integer, Double> scores(RunFolder run) {
        RatingFile file = RatingFile.open(run.evaluation().resolve(RatingFile.NAME));
        Map<Integer, List<Double>> given = new HashMap<>();
        for (Rater rater : file.raters()) {
            if (rater.kind() == Rater.Kind.HUMAN) {
                for (Judgement judgement : file.standing(rater)) {
                    if (judgement.verdict() instanceof Verdict.Score score && score.value().isPresent()
                            && judgement.shown().models().get(score.position()).contains(SampleRows.TUNED)) {
                        given.computeIfAbsent(judgement.shown().row(), row -> new ArrayList<>())
                                .add(score.value().getAsDouble());
                    }
                }
            }
        }
        return given.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry ->
                entry.getValue().stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
    }

    /** The mean of a row's places by loss, ROUGE and people's score, as far as it has them; 1 is the worst. */
    private static Map<WeakRow, Double> badness(List<WeakRow> rows) {
        Map<WeakRow, List<Double>> places = new HashMap<>();
        List<Function<WeakRow, OptionalDouble>> measures = List.of(row -> row.loss(),
                row -> row.rougeL().isPresent() ? OptionalDouble.of(-row.rougeL().getAsDouble()) : row.rougeL(),
                row -> row.score().isPresent() ? OptionalDouble.of(-row.score().getAsDouble()) : row.score());
        for (Function<WeakRow, OptionalDouble> measure : measures) {
            List<WeakRow> measured = rows.stream().filter(row -> measure.apply(row).isPresent())
                    .sorted(Comparator.comparingDouble(row -> measure.apply(row).getAsDouble())).toList();
            for (int i = 0; i < measured.size(); i++) {
                places.computeIfAbsent(measured.get(i), row -> new ArrayList<>()).add((i + 1.0) / measured.size());
            }
        }
        return rows.stream().collect(Collectors.toMap(Function.identity(), row -> places.getOrDefault(row, List.of())
                .stream().mapToDouble(Double::doubleValue).average().orElse(0), (one, other) -> one));
    }

    /** For each of the rows its nearest training rows. */
    private static List<List<WeakRow.Near>> nearest(List<WeakRow> rows, List<Sample> training) {
        List<int[]> grams = rows.stream().map(row -> CharacterGrams.of(row.prompt())).toList();
        List<List<WeakRow.Near>> nearest = rows.stream().map(row -> (List<WeakRow.Near>) new ArrayList<WeakRow.Near>())
                .toList();
        for (Sample sample : training) {
            String asked = asked(sample);
            int[] its = CharacterGrams.of(asked);
            for (int i = 0; i < rows.size(); i++) {
                double similarity = CharacterGrams.similarity(grams.get(i), its);
                List<WeakRow.Near> best = nearest.get(i);
                if (similarity > 0 && (best.size() < NEAREST
                        || similarity > best.get(NEAREST - 1).similarity())) {
                    best.add(new WeakRow.Near(sample.place(), similarity, asked, sample.wanted().orElse("")));
                    best.sort(Comparator.comparingDouble(WeakRow.Near::similarity).reversed());
                    if (best.size() > NEAREST) {
                        best.remove(NEAREST);
                    }
                }
            }
        }
        return nearest;
    }

    private static List<WeakRow> located(List<WeakRow> rows, List<Sample> heldOut, List<List<WeakRow.Near>> nearest) {
        Map<String, Place> places = new HashMap<>();
        var wanted = rows.stream().map(WeakRow::prompt).collect(Collectors.toSet());
        for (Sample sample : heldOut) {
            String asked = asked(sample);
            if (wanted.contains(asked)) {
                places.putIfAbsent(asked, sample.place());
                sample.wanted().ifPresent(answer -> places.putIfAbsent(key(asked, answer), sample.place()));
            }
        }
        return IntStream.range(0, rows.size()).mapToObj(i -> {
            WeakRow row = rows.get(i);
            Place place = places.getOrDefault(key(row.prompt(), row.expected()), places.get(row.prompt()));
            return row.with(Optional.ofNullable(place), nearest.get(i));
        }).toList();
    }

    private static String key(String asked, String answer) { return asked + "\u0000" + answer.strip(); }

    /** As {@link SampleRow#prompt} says it. */
    private static String asked(Sample sample) {
        List<Message> asked = sample.asked();
        return asked.size() == 1 ? asked.get(0).content() : asked.stream()
                .map(message -> message.role() + ": " + message.content()).collect(Collectors.joining("\n"));
    }

    /** For scripts: the rows, the worst first. */
    public ObjectNode json() {
        ObjectNode root = JsonFile.JSON.createObjectNode().put("formatVersion", 1).put("run",
                run.toAbsolutePath().normalize().toString());
        ArrayNode list = root.putArray("rows");
        for (WeakRow row : rows) {
            ObjectNode node = list.addObject().put("row", row.number())
                    .put("task", row.task().name().toLowerCase(Locale.ROOT));
            row.place().ifPresent(place -> node.put("file", place.file()).put("line", place.line()));
            row.loss().ifPresent(loss -> node.put("loss", loss));
            row.rougeL().ifPresent(rouge -> node.put("rougeL", rouge));
            row.score().ifPresent(score -> node.put("score", score));
            node.put("prompt", row.prompt()).put("expected", row.expected()).put("answer", row.answer());
            ArrayNode nearest = node.putArray("nearest");
            row.nearest().forEach(near -> nearest.addObject().put("file", near.place().file())
                    .put("line", near.place().line()).put("similarity", near.similarity())
                    .put("prompt", near.prompt()).put("answer", near.answer()));
        }
        return root;
    }
}
