package io.weft.evaluate;

import io.weft.metric.Classification;
import io.weft.metric.Confusion;
import io.weft.metric.LabelSet;
import io.weft.metric.TrainedAnswers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** What stands behind the scores of a classification, in words: its labels, their scores, and what was mistaken. */
public final class LabelTable {
    private static final int EXAMPLES = 5, MISTAKES = 10;
    private final Comparison comparison;
    private final LabelSet labels;
    private final Optional<TrainedAnswers> trained;

    private LabelTable(Comparison comparison, LabelSet labels) {
        this.comparison = comparison;
        this.labels = labels;
        trained = comparison.rows().trained();
    }

    /** Empty where the rows are no classification. */
    public static Optional<LabelTable> of(Comparison comparison) {
        return comparison.labels().toTell().map(labels -> new LabelTable(comparison, labels));
    }

    public List<String> heading() {
        List<String> cells = new ArrayList<>(List.of(say("label"), say("held-out rows")));
        trained.ifPresent(answers -> cells.add(say("training rows")));
        for (String model : List.of(say("base"), say("tuned"))) {
            cells.addAll(List.of(say("%s precision %%", model), say("recall %"), say("F1 %")));
        }
        return cells;
    }

    /** A line for each label, as many cells as the heading has. */
    public List<List<String>> lines() {
        Classification base = comparison.baseScores().classification().orElseThrow(),
                tuned = comparison.tunedScores().classification().orElseThrow();
        List<List<String>> lines = new ArrayList<>();
        for (String label : labels.labels()) {
            List<String> cells = new ArrayList<>(List.of(Labels.shown(label),
                    String.format(Locale.ROOT, "%,d", base.labels().get(label).support())));
            trained.ifPresent(answers ->
                    cells.add(String.format(Locale.ROOT, "%,d", answers.labels().get(label))));
            Stream.of(base, tuned).map(scores -> scores.labels().get(label).score()).forEach(score ->
                    cells.addAll(List.of(hundredths(score.precision()), hundredths(score.recall()),
                    hundredths(score.f1()))));
            lines.add(cells);
        }
        return lines;
    }

    private static String hundredths(double share) { return String.format(Locale.ROOT, "%.2f", 100 * share); }

    /** What the labels are, where they come from, and what was answered in their place: a sentence each. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add(comparison.rows().objective().readout().isOfRows()
                ? say("%,d labels: the outputs of the model's head", labels.labels().size()) : trained.isEmpty()
                ? say("%,d labels: the held-out answers, which are few and short", labels.labels().size())
                : say("%,d labels: the held-out answers, which are few and short, and which %,d of %,d training rows "
                + "answer", labels.labels().size(), trained.get().labelled(), trained.get().rows()));
        trained.ifPresent(answers -> {
            Map<String, Integer> unseen = answers.labels().entrySet().stream().filter(label -> label.getValue() == 0)
                    .collect(Collectors.toMap(Map.Entry::getKey, label -> support(label.getKey())));
            if (!unseen.isEmpty()) {
                notes.add(say("no training row answers with these labels, so they were never learned (held-out rows): "
                        + "%s", counted(unseen)));
            }
            if (!answers.others().isEmpty()) {
                notes.add(say("training rows also answer what no held-out row does: %s", counted(answers.others())));
            }
        });
        notes.add(majority());
        if (!labels.alike().isEmpty()) {
            notes.add(say("labels that differ only in case, width, white space or a full stop: %s",
                    labels.alike().stream().map(label -> "\"" + Labels.shown(label) + "\"")
                    .collect(Collectors.joining(", "))));
        }
        notes.add(say("answers that are no label: base %s; tuned %s", unknown(comparison.baseScores()),
                unknown(comparison.tunedScores())));
        int nearly = comparison.tunedScores().confusion().orElseThrow().nearlyKnown();
        if (nearly > 0) {
            notes.add(say("of the tuned ones %,d would be a label but for case, width, white space or a full stop",
                    nearly));
        }
        return notes;
    }

    /** What whoever always gives one answer would reach: the training rows' most frequent label, where it is known. */
    private String majority() {
        Map<String, Integer> counts = trained.map(TrainedAnswers::labels).filter(seen -> seen.values().stream()
                .anyMatch(count -> count > 0)).orElseGet(() -> labels.labels().stream()
                .collect(Collectors.toMap(label -> label, this::support, (one, other) -> one, LinkedHashMap::new)));
        String most = counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
        int rows = comparison.rows().questions().size();
        return say("always answering \"%s\", the most frequent label, would be right in %s %% of %,d rows",
                Labels.shown(most), hundredths((double) support(most) / rows), rows);
    }

    private int support(String label) {
        return comparison.baseScores().classification().orElseThrow().labels().get(label).support();
    }

    private static String unknown(Scores scores) {
        Map<String, Integer> answers = scores.confusion().orElseThrow().unknown();
        int rows = scores.classification().orElseThrow().unknown();
        return answers.isEmpty() ? "0" : say("%,d (%s)", rows, counted(answers));
    }

    private static String counted(Map<String, Integer> answers) {
        String some = answers.entrySet().stream().limit(EXAMPLES)
                .map(answer -> "\"" + Labels.shown(answer.getKey()) + "\" " + answer.getValue())
                .collect(Collectors.joining(", "));
        return answers.size() > EXAMPLES ? say("%s and %d more", some, answers.size() - EXAMPLES) : some;
    }

    /** What the tuned model mistook for what, the most frequent first; empty where it mistook nothing. */
    public Optional<String> mistakes() {
        List<Confusion.Cell> wrong = comparison.tunedScores().confusion().orElseThrow().cells().stream()
                .filter(cell -> !cell.isRight()).toList();
        String some = wrong.stream().limit(MISTAKES).map(cell -> say("\"%s\" as %s %,d", Labels.shown(cell.expected()),
                cell.answered().map(label -> "\"" + Labels.shown(label) + "\"").orElse(say("no label")), cell.rows()))
                .collect(Collectors.joining(", "));
        return wrong.isEmpty() ? Optional.empty() : Optional.of(say("tuned mistakes: %s", wrong.size() > MISTAKES
                ? say("%s and %d more", some, wrong.size() - MISTAKES) : some));
    }

    /** The tuned model's answers: expected labels down, answered ones across, and last what is no label. */
    List<List<String>> confusion() {
        Confusion confusion = comparison.tunedScores().confusion().orElseThrow();
        List<List<String>> lines = new ArrayList<>();
        for (int i = 0; i < labels.labels().size(); i++) {
            List<String> cells = new ArrayList<>(List.of(Labels.shown(labels.labels().get(i))));
            confusion.counts().get(i).forEach(count -> cells.add(Integer.toString(count)));
            lines.add(cells);
        }
        return lines;
    }

    List<String> confusionHeading() {
        return Stream.concat(Stream.concat(Stream.of(say("expected \\ tuned answer")),
                labels.labels().stream().map(Labels::shown)), Stream.of(say("no label"))).toList();
    }
}
