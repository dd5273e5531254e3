package org.example.weft;

import io.weft.reward.Answered;
import io.weft.reward.Reward;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.WholeNumber;

import static io.weft.problem.Translatable.text;

/** 1 where the answer has so many lines, blank ones not counted, else 0. */
public record Lines(double weight, int count) implements Reward {
    private static final Section<Lines> SECTION = Section.of("lines", new Lines(1, 1),
            text("1 where the answer has so many lines, else 0"), WEIGHT,
            Setting.of("count", new WholeNumber(1, 1000), text("lines of an answer")));

    /** With its defaults: what Weft asks for name and settings. */
    public Lines() { this(1, 1); }

    @Override public Section<Lines> section() { return SECTION; }

    @Override public double of(Answered answered) {
        return answered.answer().lines().filter(line -> !line.isBlank()).count() == count ? 1 : 0;
    }
}
