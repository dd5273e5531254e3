package io.weft.rating;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * One rater at work: what is before them, what they said of it, and what is left. All of it follows from the file, so
 * whoever leaves goes on where they were. Threads may share one.
 */
public final class RatingSession {
    private final RatingPlan plan;
    private final RatingFile file;
    private final Rater rater;

    public RatingSession(RatingPlan plan, RatingFile file, Rater rater) {
        this.plan = plan;
        this.file = file;
        this.rater = rater;
    }

    /** What a rater said of a screen. @param scores of each answer, as shown */
    public record Said(Shown shown, List<OptionalDouble> scores, Optional<Preference> preference) {}

    public Rater rater() { return rater; }

    public int screens() { return plan.screens().size(); }

    public Screen screen(int index) { return plan.screens().get(index); }

    public Said said(int index) {
        Shown shown = screen(index).shownTo(rater, plan.settings().seed());
        RaterRecord record = file.record(rater);
        List<OptionalDouble> scores = shown.answers().stream().map(key -> record.about(key)
                .map(judgement -> ((Verdict.Score) judgement.verdict()).value()).orElse(OptionalDouble.empty()))
                .toList();
        Optional<Preference> preference = shown.answers().size() < 2 ? Optional.empty()
                : record.about(shown.pair()).flatMap(judgement -> preference(judgement, shown));
        return new Said(shown, scores, preference);
    }

    /** As the answers stand now, which may be the other way round than under another seed. */
    private static Optional<Preference> preference(Judgement judgement, Shown shown) {
        boolean same = judgement.shown().answers().equals(shown.answers());
        return ((Verdict.Vote) judgement.verdict()).preference().map(said -> same ? said : said.swapped());
    }

    /** Whether everything is said that the screen asks. */
    public boolean isDone(int index) {
        Screen screen = screen(index);
        Said said = said(index);
        return (!screen.compares() || said.preference().isPresent())
                && (!screen.scores() || said.scores().stream().allMatch(OptionalDouble::isPresent));
    }

    /** How many screens are done. */
    public int done() { return (int) IntStream.range(0, screens()).filter(this::isDone).count(); }

    /** The next screen that is not done, from this one on and around; empty when all are. */
    public OptionalInt nextFrom(int index) {
        return IntStream.range(0, screens()).map(i -> (index + i) % screens()).filter(i -> !isDone(i)).findFirst();
    }

    /** Adds a verdict, which replaces an earlier one; the same once more adds nothing. */
    public void judge(int index, Verdict verdict) {
        Shown shown = screen(index).shownTo(rater, plan.settings().seed());
        Judgement judgement = new Judgement(rater, shown, verdict, false, now());
        boolean again = file.record(rater).about(judgement.subject()).filter(before ->
                before.verdict().equals(verdict) && before.shown().equals(shown)).isPresent();
        if (!again) {
            file.add(judgement);
        }
    }

    /** Takes the last judgement back. @return the screen that it was made on; empty where there is none to take back */
    public OptionalInt undo() {
        Optional<Judgement> back = file.record(rater).undoing(now());
        back.ifPresent(file::add);
        return back.map(judgement -> IntStream.range(0, screens()).filter(i -> isOf(judgement, i)).findFirst())
                .orElse(OptionalInt.empty());
    }

    private boolean isOf(Judgement judgement, int index) {
        return List.copyOf(keys(index)).containsAll(judgement.shown().answers())
                && judgement.shown().answers().size() == keys(index).size();
    }

    private List<String> keys(int index) {
        return screen(index).answers().stream().map(RatedRow.Given::key).toList();
    }

    private static Instant now() { return Instant.now().truncatedTo(ChronoUnit.MILLIS); }
}
