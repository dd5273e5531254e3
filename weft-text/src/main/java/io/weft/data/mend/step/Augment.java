package io.weft.data.mend.step;

import io.weft.data.augment.AnsweringModel;
import io.weft.data.augment.AugmentLimits;
import io.weft.data.augment.ModelSource;
import io.weft.data.mend.TrainingRows;
import io.weft.data.mend.TrainingStep;
import io.weft.problem.Problems;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Word;
import java.nio.file.Path;
import java.util.Optional;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Adds training rows that ask for the same in other words and keep the answer. Held-out rows are never a source, and no
 * row is made that asks what a held-out row asks.
 */
public record Augment(By by, AugmentLimits limits, ModelSource source) implements TrainingStep {
    /** Who finds the other words. */
    public enum By implements Word {
        /** Rules for Chinese and English. */
        RULES,
        /** A model in a folder. */
        MODEL,
        /** A model behind an address. */
        ENDPOINT
    }

    private static final Setting BY = Setting.of("by", OneOf.of(By.class),
            text("rules of Chinese and English, a model in a folder, or a service"));
    private static final Section<Augment> SECTION = Section.of("augment", new Augment(),
            text("add training rows that ask for the same in other words; each is marked as made"), BY,
            AugmentLimits.SECTION, ModelSource.SECTION);

    public Augment() { this(By.RULES, AugmentLimits.DEFAULTS, ModelSource.DEFAULTS); }

    @Override public Section<Augment> section() { return SECTION; }

    @Override public Optional<Setting> usual() { return Optional.of(BY); }

    @Override public void check(Problems problems) {
        if (by == By.RULES && (source.model().isPresent() || source.endpoint().isPresent())) {
            problems.add(say("data.mend.augment: a model is named and by is rules; set by: %s, or take it out",
                    source.endpoint().isPresent() ? "endpoint" : "model"));
        }
        if (by != By.RULES && source.model().isEmpty()) {
            problems.add(say("data.mend.augment.model is missing: by is %s; name the folder, or the service's model",
                    by.word()));
        }
        if (by == By.ENDPOINT && source.endpoint().isEmpty()) {
            problems.add(say("data.mend.augment.endpoint is missing: by is endpoint; give the service's address, such "
                    + "as http://127.0.0.1:11434/v1"));
        }
        if (by == By.MODEL && source.endpoint().isPresent()) {
            problems.add(say("data.mend.augment: an endpoint is named and by is model; set by: endpoint, or take it "
                    + "out"));
        }
    }

    @Override public void mend(TrainingRows rows) {
        if (by == By.RULES) {
            new RuleAugmentation(rows, limits).run();
            return;
        }
        Path log = source.answers().map(Path::of)
                .orElseGet(() -> Path.of(rows.sample(0).place().file() + ".answers.jsonl"));
        try (AnsweringModel model = rows.models().open(source, log)) {
            new ModelAugmentation(rows, limits, model).run();
        }
    }
}
