package io.weft.reward;

import io.weft.settings.Configurable;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import java.util.List;

import static io.weft.problem.Translatable.text;

/**
 * A rule that tells what an answer is worth. A recipe names it by its section's name, such as "exactMatch"; several are
 * added up, each times its weight. A new one is a record and a line in {@link Rewards}. Must give the same number for
 * the same answer always, so that a run that is resumed makes the same steps.
 */
public interface Reward extends Configurable {
    /** The setting for {@link #weight}, for the sections of those that have one. */
    Setting WEIGHT = Setting.of("weight", new Number(-1000, false, 1000, false),
            text("what it is multiplied by before all rewards are added up; below 0 it is a penalty"));

    @Override Section<? extends Reward> section();

    /** What it is multiplied by before all are added up. */
    double weight();

    /**
     * What this answer is worth, usually from 0 to 1. Called by the trainer's thread.
     *
     * @return a finite number; anything else, and any exception, ends the run with the reward's name and the answer
     */
    double of(Answered answered);

    /** Whether it compares with the row's own answer, so that rows without one are refused. */
    default boolean wantsReference() { return false; }

    /** What is wrong with its settings, taken together or with a file that they name; fit to print. */
    default List<String> problems() { return List.of(); }

    /** What is asked for every answer of a run, such as this reward with its file read. */
    default Reward ready() { return this; }
}
