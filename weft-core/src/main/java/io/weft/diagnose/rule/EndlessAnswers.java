package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.evaluate.sample.SampleAnswer;
import io.weft.evaluate.sample.SampleRow;
import io.weft.evaluate.sample.SampleRows;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** Answers that run to their limit though those expected are shorter. */
final class EndlessAnswers implements Rule {
    private static final double TOLD = 0.2, USELESS = 0.6, LONGER = 1.2;
    /** Share of rows whose end was cut off. */
    private static final double CUT = 0.05;

    @Override public String name() { return "answers.endless"; }

    @Override public Symptom symptom() { return Symptom.OTHER; }

    @Override public Translatable title() { return text("answers that never end"); }

    @Override public Translatable when() {
        return text("a fifth or more of the tuned answers ran to their limit of tokens, though the expected answer is "
                + "shorter");
    }

    @Override public Set<Need> needs() { return Set.of(Need.SAMPLES); }

    @Override public List<Cause> causes() {
        Translatable saw = text("%d of %d answers ran to their limit, %d tokens, past the length of what is expected "
                + "(the base: %d)");
        return List.of(Cause.of("none", saw, text("nothing ends an answer in this prompt form: tokenizer_config.json "
                + "names no end token"), "data.prompt=template"),
                Cause.of("cut", saw, text("the training answers were cut, so their end was never learned"),
                "data.maxLength=%s", "data.overLength=drop"),
                Cause.of("unlearned", saw, text("the end of an answer was not learned yet: too few steps, or too low a "
                + "learning rate"), "train.epochs=%s", "weft range-test %s"));
    }

    @Override public List<Finding> look(Evidence run) {
        List<SampleRow> rows = run.samples();
        List<SampleRow> endless = rows.stream().filter(row -> isEndless(row, SampleRows.TUNED)).toList();
        if (endless.isEmpty() || endless.size() < TOLD * rows.size()) {
            return List.of();
        }
        List<Object> figures = List.of("endless", endless.size(), "answers", rows.size(), "tokens",
                endless.get(0).answers().get(SampleRows.TUNED).tokens(), "base",
                rows.stream().filter(row -> isEndless(row, SampleRows.BASE)).count());
        Severity severity = endless.size() >= USELESS * rows.size() ? Severity.FAIL : Severity.WARN;
        if (!run.warned("ending.none"::equals).isEmpty()) {
            return List.of(found("none", severity, figures));
        }
        boolean cut = run.rows().map(made -> made.cut() >= CUT * made.encoded()).orElse(false);
        return List.of(cut ? found("cut", severity, figures, Truncation.roomy(run.rows().get().longest()))
                : found("unlearned", severity, figures,
                Math.round(Math.max(3, 2 * run.recipe().train().batching().epochs())), run.folder().recipe()));
    }

    private static boolean isEndless(SampleRow row, String model) {
        SampleAnswer answer = row.answers().get(model);
        return answer.finish().equals("length") && answer.answer().length() > LONGER * row.expected().length();
    }
}
