package io.weft.run;

import io.weft.problem.Translatable;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.WholeNumber;

import static io.weft.problem.Translatable.text;

/**
 * How often a run tells, judges and saves, how much it keeps and how long it waits for a better result.
 *
 * @param logEvery        optimizer steps between logged steps
 * @param evalEvery       between evaluations
 * @param saveEvery       between checkpoints
 * @param keepCheckpoints how many of the newest stay; the best one always does
 * @param patience        evaluations without a better one before stopping early; 0 for never
 */
public record Cadence(int logEvery, int evalEvery, int saveEvery, int keepCheckpoints, int patience) {
    private static final Translatable TOLD = text("the weights stay the same");
    public static final Section<Cadence> SECTION = Section.within("cadence", new Cadence(10, 50, 100, 3, 0),
            Setting.of("logEvery", WholeNumber.from(1), text("steps between log lines")).changing(TOLD),
            Setting.of("evalEvery", WholeNumber.from(1), text("steps between evaluations"))
                    .changing(text("the best step is looked for among other steps from here on")),
            Setting.of("saveEvery", WholeNumber.from(1), text("steps between checkpoints")).changing(TOLD),
            Setting.of("keepCheckpoints", WholeNumber.from(1),
                    text("newest checkpoints that stay; the best always does")).changing(TOLD),
            Setting.of("patience", WholeNumber.from(0),
                    text("evaluations without a better one before stopping early; 0 for never"))
                    .changing(text("the run ends earlier or later")));
}
