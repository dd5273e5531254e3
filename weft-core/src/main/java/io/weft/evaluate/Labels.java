package io.weft.evaluate;

import io.weft.metric.LabelSet;
import io.weft.metric.TrainedAnswers;
import io.weft.page.VisibleText;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Whether held-out rows are a classification: their answers are few and short, and the training rows, where these are
 * known, learned labels ({@link TrainedAnswers#areLabels}).
 *
 * @param set     the held-out answers; empty where they are free text
 * @param trained what the training rows answer; empty where nobody looked
 */
public record Labels(Optional<LabelSet> set, Optional<TrainedAnswers> trained) {
    private static final int WIDTH = 40;

    static Labels of(HeldOutRows rows) { return new Labels(rows.labels(), rows.trained()); }

    /** Labels and answers as they are printed: on one line, shortened. */
    static String shown(String text) {
        String line = VisibleText.of(text).strip().replaceAll("\\s+", " ");
        return line.codePointCount(0, line.length()) <= WIDTH ? line
                : line.substring(0, line.offsetByCodePoints(0, WIDTH - 1)) + "…";
    }

    /** The labels, where there are several of them: with a single one nothing can be told apart. */
    public Optional<LabelSet> toTell() {
        return set.filter(labels -> trained.map(TrainedAnswers::areLabels).orElse(true) && labels.labels().size() > 1);
    }

    /** Why there are none to tell apart, in a sentence. @param different held-out answers */
    String reason(long different) {
        if (set.isEmpty()) {
            return say("accuracy, precision, recall, F1: not applicable, the held-out answers are free text (%d "
                    + "different ones; labels are at most %d, of at most %d characters)", different, LabelSet.MOST,
                    LabelSet.LONGEST);
        }
        if (trained.isPresent() && !trained.get().areLabels()) {
            return say("accuracy, precision, recall, F1: not applicable, the held-out answers are free text: few and "
                    + "short, but only %,d of %,d training rows answer with one of them", trained.get().labelled(),
                    trained.get().rows());
        }
        return say("accuracy, precision, recall, F1: not applicable, every held-out answer is the same (\"%s\"): "
                + "nothing can be told apart", shown(set.get().labels().get(0)));
    }
}
