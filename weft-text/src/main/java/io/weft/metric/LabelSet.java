package io.weft.metric;

import io.weft.jinja.PythonSpace;
import io.weft.metric.bootstrap.RowStatistics;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * The labels of a task that is a classification: the distinct held-out answers, where there are at most {@value #MOST}
 * of them, each at most {@value #LONGEST} characters long. A few rows of free text are that, too: what the training
 * rows answer tells them apart ({@link TrainedAnswers#areLabels}). For free text there is no label set, and accuracy,
 * precision, recall and F1 are not applicable. Answers are compared without white space at their ends.
 */
public final class LabelSet {
    /** More distinct answers than this are free text. */
    public static final int MOST = 50;
    /** No label is longer, in characters. */
    public static final int LONGEST = 100;
    private final List<String> labels;

    private LabelSet(List<String> labels) { this.labels = labels; }

    /**
     * Empty where the answers are more than {@value #MOST} distinct ones, one is longer than {@value #LONGEST}
     * characters, or there are none at all.
     */
    public static Optional<LabelSet> of(List<String> heldOutAnswers) {
        TreeSet<String> distinct = new TreeSet<>(stripped(heldOutAnswers));
        boolean free = distinct.isEmpty() || distinct.size() > MOST || !distinct.stream().allMatch(LabelSet::isShort);
        return free ? Optional.empty() : Optional.of(new LabelSet(List.copyOf(distinct)));
    }

    /** Labels that are known as such, however many and long. @param labels one or more */
    public static LabelSet known(List<String> labels) { return new LabelSet(List.copyOf(labels)); }

    /** The labels, in text order where they were told by answers. */
    public List<String> labels() { return labels; }

    /**
     * Scores over these labels alone: a model that rambles adds no labels of its own, its answers count as {@link
     * Classification#unknown} and as misses.
     */
    public Classification score(List<String> predictions, List<String> heldOutAnswers) {
        return Classification.of(stripped(predictions), stripped(heldOutAnswers), labels);
    }

    /** {@link #score} as numbers that add up over rows. @param part of the scores */
    public RowStatistics rows(List<String> predictions, List<String> heldOutAnswers,
            ToDoubleFunction<Classification> part) {
        return Classification.rows(stripped(predictions), stripped(heldOutAnswers), labels, part);
    }

    /** Labels that another one is but for case, width, white space or a full stop: likely one label, spelled twice. */
    public List<String> alike() {
        return labels.stream().filter(label -> labels.stream().anyMatch(other -> !other.equals(label)
                && ExactMatch.normalised(other, label))).toList();
    }

    /** Which of these labels was answered for which. */
    public Confusion confusion(List<String> predictions, List<String> heldOutAnswers) {
        return Confusion.of(stripped(predictions), stripped(heldOutAnswers), labels);
    }

    static boolean isShort(String answer) { return answer.codePointCount(0, answer.length()) <= LONGEST; }

    private static List<String> stripped(List<String> texts) { return texts.stream().map(PythonSpace::strip).toList(); }
}
