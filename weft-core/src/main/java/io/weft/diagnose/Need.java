package io.weft.diagnose;

import io.weft.problem.Translatable;
import io.weft.settings.Word;
import java.util.function.Predicate;

import static io.weft.problem.Translatable.text;

/** What a rule cannot do without. */
public enum Need implements Word {
    STEPS(run -> run.losses().size() >= Evidence.FEWEST_STEPS, text("it has fewer than ten steps"),
            text("train longer")),
    FALLING_LOSS(run -> !run.recipe().train().objective().makesAnswers(),
            text("its objective has no loss that falls"), text("look at the mean rewards in the log")),
    END(run -> run.events().finished().isPresent(), text("it has not ended"), text("weft resume %s")),
    HELD_OUT(run -> !run.events().evaluations().isEmpty(), text("no held-out loss was measured"),
            text("train with data.heldOut=0.1 and train.evalEvery below the number of steps")),
    SAMPLES(run -> !run.samples().isEmpty(), text("there are no samples of its answers"), text("weft evaluate %s")),
    ROWS(run -> run.rows().isPresent(), text("what became of its rows is not recorded"),
            text("runs of this version record it")),
    MACHINE(run -> run.machine().isPresent(), text("what it took of the machine is not recorded"),
            text("runs of this version record it"));

    private final Predicate<Evidence> met;
    private final Translatable lack, next;

    Need(Predicate<Evidence> met, Translatable lack, Translatable next) {
        this.met = met;
        this.lack = lack;
        this.next = next;
    }

    public boolean isMet(Evidence run) { return met.test(run); }

    /** Why a run does not meet it. */
    public Translatable lack() { return lack; }

    /** What to do about that; a place for the run's folder, where a command needs it. */
    public Translatable next() { return next; }
}
