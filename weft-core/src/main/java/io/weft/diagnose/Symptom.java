package io.weft.diagnose;

import io.weft.problem.Translatable;
import io.weft.settings.Word;

import static io.weft.problem.Translatable.text;

/** What a user sees of a run that goes wrong: the rows of the tutorial's table, and what it does not name. */
public enum Symptom implements Word {
    LOSS(text("the loss does not fall")),
    OUTPUT(text("meaningless output")),
    MEMORY(text("out of memory")),
    OVERFITTING(text("over-fitting")),
    SPEED(text("slow training")),
    OTHER(text("other"));

    private final Translatable title;

    Symptom(Translatable title) { this.title = title; }

    public Translatable title() { return title; }
}
