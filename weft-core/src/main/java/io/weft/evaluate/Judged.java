package io.weft.evaluate;

import io.weft.data.Place;
import io.weft.objective.LossSum;
import java.util.HashMap;
import java.util.Map;

/**
 * A model that was judged.
 *
 * @param name in the table
 * @param rows as this model is asked them
 */
public record Judged(String name, HeldOutRows rows, Answers answers, Scores scores) {
    /** The loss of each row's examples; none where they are not known. */
    Map<Place, LossSum> losses() {
        Map<Place, LossSum> losses = new HashMap<>();
        for (int i = 0; i < Math.min(answers.each().size(), rows.origins().size()); i++) {
            losses.merge(rows.origins().get(i).place(), answers.each().get(i), LossSum::plus);
        }
        return losses;
    }
}
