package io.weft.evaluate;

import io.weft.metric.AnswerLengths;
import io.weft.metric.bootstrap.PairedDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** What a reader of the table should know of its numbers. */
public final class Notices {
    private final Comparison of;
    private final AnswerLengths lengths;
    private final List<String> notices = new ArrayList<>();

    private Notices(Comparison of) {
        this.of = of;
        lengths = of.lengths();
    }

    /** A sentence each, those of whoever chose the rows first. */
    public static List<String> of(Comparison comparison) {
        return Stream.concat(comparison.remarks().stream(), new Notices(comparison).all().stream()).toList();
    }

    private List<String> all() {
        chance();
        targets();
        expectedAnswers();
        if (of.isOfRun()) {
            tuning();
        }
        if (of.rows().objective().readout().isOfRows() && of.isOfRun()) {
            notices.add(say("base: the model with the head that tuning began with, which is random numbers where the "
                    + "model brings none"));
        }
        for (int i = of.isOfRun() ? 1 : 0; i < of.models().size(); i++) {
            answers(of.models().get(i).answers(), of.name(i));
        }
        return notices;
    }

    /** What the rows cannot show, and how many could. */
    private void chance() {
        List<Comparison.Line> unclear = of.lines().stream()
                .filter(line -> line.verdict() == Verdict.NOT_SHOWN).toList();
        if (of.models().size() != 2 || unclear.isEmpty()) {
            return;
        }
        int rows = of.rows().rows();
        if (rows < PairedDifference.LEAST) {
            notices.add(say("not shown: %,d rows are too few to tell a difference from chance; %d or more are needed",
                    rows, PairedDifference.LEAST));
            return;
        }
        List<String> needed = new ArrayList<>();
        for (Comparison.Line line : unclear) {
            OptionalLong count = line.chance().map(PairedDifference::rowsNeeded).orElse(OptionalLong.empty());
            count.ifPresent(n -> needed.add(line.measure().label() + " " + rounded(n)));
        }
        notices.add(say("not shown: no difference that these %,d rows can show, since 0 lies within its interval or "
                + "the two differ in fewer than %d rows", rows, PairedDifference.LEAST));
        if (!needed.isEmpty()) {
            notices.add(say("rows that would likely show a difference of the size seen: %s",
                    String.join(say(", "), needed)));
        }
    }

    /** Losses of other tokens do not compare. */
    private void targets() {
        List<String> others = IntStream.range(1, of.models().size()).filter(model -> !of.sameTargets(0, model))
                .mapToObj(of::name).toList();
        if (!others.isEmpty()) {
            notices.add(say("held-out loss and perplexity are means over the tokens that a model learns; those of %s "
                    + "are "
                    + "others than those of %s (another tokenizer, form or objective), so the two do not compare; bits "
                    + "per byte do", String.join(say(", "), others), of.name(0)));
        }
    }

    /** Two digits: it is an estimate. */
    private static String rounded(long count) {
        long unit = (long) Math.pow(10, Math.max(0, Long.toString(count).length() - 2));
        return String.format(Locale.ROOT, "%,d", (count + unit - 1) / unit * unit);
    }

    private void expectedAnswers() {
        int all = lengths.answers();
        if (lengths.empty() > 0 && lengths.empty() < all) {
            notices.add(say("%,d of %,d expected answers are empty", lengths.empty(), all));
        }
        if (lengths.words() > 0 && lengths.words() < all) {
            notices.add(say("ROUGE: %,d of %,d expected answers have no word and count as 0, whatever is answered",
                    all - lengths.words(), all));
        }
        if (lengths.pairs() > 0 && lengths.pairs() < lengths.words()) {
            notices.add(say("ROUGE-2: %,d of %,d expected answers have one word and count as 0, whatever is answered",
                    lengths.words() - lengths.pairs(), all));
        }
        if (lengths.fourGrams() > 0 && 2 * lengths.fourGrams() < all) {
            notices.add(say("BLEU-4: only %,d of %,d expected answers have four tokens; the score hangs on them",
                    lengths.fourGrams(), all));
        }
    }

    private void tuning() {
        if (of.line(Measure.LOSS).map(line -> line.verdict() == Verdict.WORSE).orElse(false)) {
            notices.add(say("the held-out loss rose: tuning made the model worse on these rows; lower "
                    + "train.learningRate, or train less"));
        }
        if (of.line(Measure.REWARD).map(line -> line.difference() < 0 && !line.isSame()).orElse(false)) {
            notices.add(say("the mean reward fell: tuning made the model worse on these rows; lower "
                    + "train.learningRate, or train less"));
        }
        if (lengths.answers() > 0 && of.tuned().texts().equals(of.base().texts())) {
            notices.add(say("the tuned model answers every row as the base does: tuning changed no answer"));
        }
    }

    private void answers(Answers answers, String name) {
        int all = lengths.answers();
        if (answers.empty() > 0) {
            notices.add(say("%,d of %,d %s answers are empty", answers.empty(), all, name));
        }
        if (all > 0 && answers.unended() == all) {
            notices.add(say("every %s answer was cut at %d tokens: the model does not end its answers, or they need "
                    + "more", name, of.settings().sampling().maxNewTokens()));
        }
    }
}
