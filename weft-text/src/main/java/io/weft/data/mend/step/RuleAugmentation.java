package io.weft.data.mend.step;

import io.weft.data.augment.Agreement;
import io.weft.data.augment.AugmentLimits;
import io.weft.data.augment.Rules;
import io.weft.data.augment.Variant;
import io.weft.data.mend.TrainingRows;
import io.weft.data.mend.step.MadeRows.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Rows made by rules: of a drawn row, drawn ones of the ways that its language has of saying it. */
final class RuleAugmentation {
    private final MadeRows made;

    RuleAugmentation(TrainingRows rows, AugmentLimits limits) {
        made = new MadeRows(rows, limits, Agreement.OF_RULES);
    }

    void run() {
        for (int row : made.drawn()) {
            if (made.isEnough()) {
                break;
            }
            made.source(row).ifPresent(this::vary);
        }
        made.finish();
    }

    private void vary(Source source) {
        List<Variant> variants = new ArrayList<>(Rules.of(source.instruction()));
        if (variants.isEmpty()) {
            made.refuse("noRule");
        }
        SplittableRandom random = made.random(source.number());
        for (int taken = 0; taken < made.perRow() && !variants.isEmpty() && !made.isEnough(); ) {
            Variant variant = variants.remove(random.nextInt(variants.size()));
            if (made.agrees(source, variant.head()) && made.add(source, variant)) {
                taken++;
            }
        }
    }
}
