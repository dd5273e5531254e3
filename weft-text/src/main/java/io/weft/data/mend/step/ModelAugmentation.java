package io.weft.data.mend.step;

import io.weft.data.augment.AnsweringModel;
import io.weft.data.augment.AugmentLimits;
import io.weft.data.augment.ModelQuestions;
import io.weft.data.augment.Variant;
import io.weft.data.mend.TrainingRows;
import io.weft.data.mend.step.MadeRows.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rows made by a model: it says drawn instructions in other words, what does not keep to the agreement check is
 * refused, and of the rest it is asked whether both ask for the same. Some rows at a time, so that no more is asked
 * than needed.
 */
final class ModelAugmentation {
    private static final int AT_A_TIME = 64;
    private static final String PARAPHRASE = "paraphrase";
    private final MadeRows made;
    private final AugmentLimits limits;
    private final AnsweringModel model;

    private record Asked(Source source, String head) {}

    ModelAugmentation(TrainingRows rows, AugmentLimits limits, AnsweringModel model) {
        made = new MadeRows(rows, limits, limits.ofModel());
        this.limits = limits;
        this.model = model;
    }

    void run() {
        int[] order = made.drawn();
        for (int take = 0; take < limits.perRow() && !made.isEnough(); take++) {
            List<Source> some = new ArrayList<>();
            for (int row = 0; row < order.length && !made.isEnough(); row++) {
                made.source(order[row]).ifPresent(some::add);
                if (some.size() >= Math.min(AT_A_TIME, made.left()) || row + 1 == order.length) {
                    vary(some, take);
                    some.clear();
                }
            }
        }
        made.finish();
    }

    private void vary(List<Source> some, int take) {
        if (some.isEmpty()) {
            return;
        }
        List<Optional<String>> answers = model.answer(some.stream()
                .map(source -> ModelQuestions.paraphrase(source.instruction().head())).toList(), false, take);
        List<Asked> said = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Source source = some.get(i);
            Optional<String> head = answers.get(i)
                    .flatMap(answer -> ModelQuestions.paraphraseIn(answer, source.instruction().head()));
            if (head.isEmpty()) {
                made.refuse(answers.get(i).isEmpty() ? "noAnswer" : "form");
            } else if (made.agrees(source, head.get())) {
                said.add(new Asked(source, head.get()));
            }
        }
        List<Optional<String>> yes = !limits.agreement() || said.isEmpty() ? List.of() : model.answer(said.stream()
                .map(one -> ModelQuestions.agreement(one.source.instruction().head(), one.head)).toList(), true, 0);
        for (int i = 0; i < said.size(); i++) {
            if (limits.agreement() && !yes.get(i).filter(ModelQuestions::isYes).isPresent()) {
                made.refuse("disagreed");
            } else {
                made.add(said.get(i).source, new Variant(PARAPHRASE, said.get(i).head));
            }
        }
    }
}
