package io.weft.objective;

import io.weft.data.Excerpt;
import io.weft.data.Labelled;
import io.weft.data.Sample;
import io.weft.nn.CausalLm;
import io.weft.nn.Readout;
import io.weft.problem.UserError;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Names;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Sequence classification: a linear on the hidden state of a row's last token tells which label the row has, and the
 * cross-entropy of its softmax is what transformers' {@code XForSequenceClassification} minimises for one label a row.
 *
 * @param labels in the order of the head's outputs; unset until the training rows were read
 */
public record Classify(Optional<List<String>> labels) implements Objective {
    private static final String RIGHT = "accuracy", F1 = "f1/", MACRO = "macroF1";
    private static final Section<Classify> SECTION = Section.of("classify", new Classify(Optional.empty()),
            text("learn which label a text has"),
            Setting.of("labels", new Names(text("a list of labels")),
                    text("the labels in the order of the head's outputs; a row with another label is refused"))
                    .optional("[negative, positive]", text("those of the training rows, sorted"))
                    .fixed(text("the head in the checkpoint has one output for each of them, in this order")));

    public Classify { labels = labels.map(List::copyOf); }

    public Classify() { this(Optional.empty()); }

    @Override public Section<Classify> section() { return SECTION; }

    @Override public Set<Class<? extends Sample>> eats() { return Set.of(Labelled.class); }

    @Override public Readout readout() { return Readout.CLASSES; }

    @Override public List<String> outputs() { return labels.orElse(List.of()); }

    /** Labels that nobody gave are those of the base's own head where it has names for all of them, else sorted. */
    @Override public Classify over(List<? extends List<? extends Sample>> rows, List<String> own) {
        if (labels.isPresent()) {
            return require(labels.get(), "train.objective.classify.labels");
        }
        Set<String> found = new TreeSet<>();
        rows.forEach(part -> part.forEach(row -> found.add(((Labelled) row).label())));
        return require(own.containsAll(found) ? own : List.copyOf(found), say("the rows"));
    }

    /** @throws UserError when nothing can be told apart */
    private static Classify require(List<String> labels, String from) {
        if (Set.copyOf(labels).size() < labels.size()) {
            throw UserError.of(say("%s name a label twice: %s", from, Excerpt.of(labels)));
        }
        if (labels.size() < 2) {
            throw UserError.of(say("%s have the label %s alone, so there is nothing to tell apart; a classifier needs "
                    + "two labels or more", from, Excerpt.of(labels)));
        }
        return new Classify(Optional.of(labels));
    }

    @Override public LossSum loss(Targets targets) {
        double loss = 0, right = 0;
        int count = targets.count();
        Map<Integer, double[]> tallies = new LinkedHashMap<>(); // of a label: twice those right, and those named
        for (int label = 0; label < labels.map(List::size).orElse(0); label++) {
            tallies.put(label, new double[2]);
        }
        boolean known = targets.predicted().length == count;
        for (int i = 0; i < count; i++) {
            loss -= targets.logProbabilities()[i];
            if (known) {
                int expected = (int) targets.values()[targets.documents()[i]], predicted = targets.predicted()[i];
                right += expected == predicted ? 1 : 0;
                tallies.computeIfAbsent(expected, label -> new double[2])[1]++;
                tallies.computeIfAbsent(predicted, label -> new double[2])[1]++;
                tallies.get(expected)[0] += expected == predicted ? 2 : 0;
            }
        }
        LossSum sum = new LossSum(loss, count);
        if (!known) {
            return sum;
        }
        sum = sum.with(RIGHT, right, count);
        for (Map.Entry<Integer, double[]> label : tallies.entrySet()) {
            // F1 = 2 right / (expected + predicted): a mean of sums, which add up over batches
            sum = sum.with(F1 + label.getKey(), label.getValue()[0], (long) label.getValue()[1]);
        }
        return sum;
    }

    /** Accuracy, and the mean F1 of all labels, 0 for one that no row has or was given, as in scikit-learn. */
    @Override public Map<String, Double> metrics(LossSum sum) {
        Map<String, Double> means = sum.means(), told = new LinkedHashMap<>();
        if (means.containsKey(RIGHT)) {
            told.put(RIGHT, means.get(RIGHT));
            long labels = sum.metrics().keySet().stream().filter(name -> name.startsWith(F1)).count();
            told.put(MACRO, means.entrySet().stream().filter(mean -> mean.getKey().startsWith(F1))
                    .mapToDouble(Map.Entry::getValue).sum() / labels);
        }
        return told;
    }

    @Override public OptionalDouble guess(CausalLm model) { return OptionalDouble.of(Math.log(outputs().size())); }

    @Override public float[] gradient(Targets targets) {
        float[] gradient = new float[targets.count()];
        Arrays.fill(gradient, -1);
        return gradient;
    }

    @Override public boolean dependsOnLogProbabilities() { return false; }
}
