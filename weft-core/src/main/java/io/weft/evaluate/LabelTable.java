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
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/** What stands behind the scores of a classification, in words: its labels, their scores, and what was mistaken. */
public final class LabelTable {
    private static final int EXAMPLES = 5;
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
        for (int i = 0; i < comparison.models().size(); i++) {
            cells.addAll(List.of(say("%s precision %%", comparison.name(i)), say("recall %"), say("F1 %")));
        }
        return cells;
    }

    /** A line for each label, as many cells as the heading has. */
    public List<List<String>> lines() {
        List<Classification> scores = comparison.models().stream().map(model ->
                model.scores().classification().orElseThrow()).toList();
        List<List<String>> lines = new ArrayList<>();
        for (String label : labels.labels()) {
            List<String> cells = new ArrayList<>(List.of(Labels.shown(label),
                    String.format(Locale.ROOT, "%,d", support(label))));
            trained.ifPresent(answers ->
                    cells.add(String.format(Locale.ROOT, "%,d", answers.labels().get(label))));
            scores.stream().map(each -> each.labels().get(label).score()).forEach(score ->
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
        notes.add(say("answers that are no label: %s", IntStream.range(0, comparison.models().size()).mapToObj(i ->
                comparison.name(i) + " " + unknown(comparison.models().get(i).scores()))
                .collect(Collectors.joining("; "))));
        for (int i = comparison.isOfRun() ? 1 : 0; i < comparison.models().size(); i++) {
            int nearly = confusionOf(i).nearlyKnown();
            if (nearly > 0) {
                notes.add(say("of the %s ones %,d would be a label but for case, width, white space or a full stop",
                        comparison.name(i), nearly));
            }
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
        return comparison.models().get(0).scores().classification().orElseThrow().labels().get(label).support();
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

    /** The matrices of the judged models: of a run that of what it became. */
    public List<ConfusionMatrix> confusions() {
        return IntStream.range(comparison.isOfRun() ? 1 : 0, comparison.models().size()).mapToObj(i ->
                new ConfusionMatrix(comparison.name(i), confusionOf(i))).toList();
    }

    private Confusion confusionOf(int model) {
        return comparison.models().get(model).scores().confusion().orElseThrow();
    }
}
