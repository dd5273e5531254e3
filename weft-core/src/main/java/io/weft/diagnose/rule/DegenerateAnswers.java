package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.diagnose.UsualRate;
import io.weft.evaluate.sample.SampleRow;
import io.weft.evaluate.sample.SampleRows;
import io.weft.problem.Translatable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import static io.weft.problem.Translatable.text;

/** Answers that say nothing: empty, going round in circles, or the same to every question. */
final class DegenerateAnswers implements Rule {
    /** Share of the answers from which it is told. */
    private static final double TOLD = 0.2, USELESS = 0.6;
    /** An answer goes in circles when so few of its eight-character pieces are different ones; shorter ones do not. */
    private static final double DIFFERENT = 0.35;
    private static final int PIECE = 8, LONG = 60, FEWEST = 5;

    @Override public String name() { return "answers.degenerate"; }

    @Override public Symptom symptom() { return Symptom.OUTPUT; }

    @Override public Translatable title() { return text("empty, repeating or always the same answers"); }

    @Override public Translatable when() {
        return text("of the tuned model's answers a fifth or more are empty, repeat themselves (fewer than 35 percent "
                + "of the pieces of eight characters differ), hold the replacement character, or are one and the same "
                + "where different ones are expected");
    }

    @Override public Set<Need> needs() { return Set.of(Need.SAMPLES); }

    @Override public List<Cause> causes() {
        Translatable saw = text("%d of %d answers say nothing (%d empty, %d repeating themselves, %d the same, %d with "
                + "broken characters; the base: %d); row %d: %s");
        return List.of(Cause.of("rate", saw, text("the learning rate is too high: the base's knowledge of language was "
                + "overwritten"), "train.learningRate=%s", "weft range-test %s"),
                Cause.of("base", saw, text("the base answers so, too, and was not trained long enough to do better: a "
                + "larger base, more rows or more steps"), "train.epochs=%s"),
                Cause.of("tuning", saw, text("tuning made it so: too few or too equal rows, or a prompt form that the "
                + "base does not know"), "data.prompt=%s", "weft show %s --model %s"));
    }

    /** Answers of one model by what is wrong with them. */
    private record Count(int empty, int circling, int same, int broken, int worst) {
        int all() { return empty + circling + same + broken; }
    }

    @Override public List<Finding> look(Evidence run) {
        List<SampleRow> rows = run.samples();
        Count tuned = count(rows, SampleRows.TUNED), base = count(rows, SampleRows.BASE);
        if (tuned.all() < TOLD * rows.size() || tuned.all() == 0) {
            return List.of();
        }
        List<Object> figures = List.of("degenerate", tuned.all(), "answers", rows.size(), "empty", tuned.empty(),
                "repeating", tuned.circling(), "same", tuned.same(), "broken", tuned.broken(), "base", base.all(),
                "row", rows.get(tuned.worst()).number(), "answer",
                shown(rows.get(tuned.worst()).answers().get(SampleRows.TUNED).answer()));
        Severity severity = tuned.all() >= USELESS * rows.size() ? Severity.FAIL : Severity.WARN;
        double usual = run.usual().rate();
        if (run.rate() > 5 * usual || run.gain().orElse(1) < 0) {
            return List.of(found("rate", severity, figures, UsualRate.shown(Math.min(usual, run.rate() / 10)),
                    run.folder().recipe()));
        }
        if (base.all() >= TOLD * rows.size()) {
            return List.of(found("base", severity, figures,
                    Math.round(Math.max(3, 3 * run.recipe().train().batching().epochs()))));
        }
        return List.of(found("tuning", severity, figures, "template", run.recipe().data().train().toString(),
                run.recipe().model()));
    }

    private static Count count(List<SampleRow> rows, String model) {
        List<String> answers = rows.stream().map(row -> row.answers().get(model).answer().strip()).toList();
        List<String> expected = rows.stream().map(row -> row.expected().strip()).toList();
        int[] counts = new int[4];
        int worst = -1;
        String common = common(answers);
        boolean stuck = rows.size() >= FEWEST && answers.stream().filter(common::equals).count() > 0.5 * rows.size()
                && expected.stream().filter(common(expected)::equals).count() < 0.3 * rows.size();
        List<Predicate<Integer>> faults = List.of(i -> answers.get(i).isEmpty() && !expected.get(i).isEmpty(),
                i -> isCircling(answers.get(i)) && !isCircling(expected.get(i)),
                i -> stuck && answers.get(i).equals(common) && !expected.get(i).equals(common),
                i -> answers.get(i).indexOf('\ufffd') >= 0 && expected.get(i).indexOf('\ufffd') < 0);
        for (int i = 0; i < answers.size(); i++) {
            for (int fault = 0; fault < faults.size(); fault++) {
                if (faults.get(fault).test(i)) {
                    counts[fault]++;
                    worst = worst < 0 ? i : worst;
                    break;
                }
            }
        }
        return new Count(counts[0], counts[1], counts[2], counts[3], Math.max(0, worst));
    }

    private static String common(List<String> texts) {
        return new HashSet<>(texts).stream().max((one, other) -> {
            long more = texts.stream().filter(one::equals).count() - texts.stream().filter(other::equals).count();
            return more != 0 ? Long.signum(more) : one.compareTo(other);
        }).orElse("");
    }

    static boolean isCircling(String text) {
        if (text.length() < LONG) {
            return false;
        }
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i + PIECE <= text.length(); i++) {
            pieces.add(text.substring(i, i + PIECE));
        }
        return new HashSet<>(pieces).size() < DIFFERENT * pieces.size();
    }

    static String shown(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.codePointCount(0, line.length()) <= 60 ? line
                : line.substring(0, line.offsetByCodePoints(0, 60)) + "…";
    }
}
