package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.evaluate.sample.SampleRow;
import io.weft.evaluate.sample.SampleRows;
import io.weft.problem.Translatable;
import io.weft.run.RunEvent.Warned;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import static io.weft.problem.Translatable.text;

/** The prompt form is not the one that the model knows. */
final class WrongTemplate implements Rule {
    /** Of the event by which a run says so before its first step, see {@code PromptProbe}. */
    static final String PROBED = "prompt.template";
    /** What stands around turns in chat templates and prompt forms, and never in an answer. */
    private static final Pattern MARKER = Pattern.compile("<\\|?(im_start|im_end|user|assistant|system|endoftext|"
            + "start_header_id|eot_id|end)\\|?>|<(start|end)_of_turn>|\\[/?INST]|<</?SYS>>|###\\s*(Instruction|"
            + "Response|Input)\\b|(?m)^(输入|输出)[:：]|(?m)^(User|Assistant|Human)\\s*[:：]");
    private static final double TOLD = 0.2;

    @Override public String name() { return "template.wrong"; }

    @Override public Symptom symptom() { return Symptom.OUTPUT; }

    @Override public Translatable title() { return text("prompts in another form than the model knows"); }

    @Override public Translatable when() {
        return text("before the first step the untouched model's loss is far higher with the run's prompts than with "
                + "its own chat template, or a fifth of the tuned answers show marks of a template");
    }

    @Override public Set<Need> needs() { return Set.of(); }

    @Override public List<Cause> causes() {
        return List.of(Cause.of("loss", text("with prompts as %s the untouched model's loss on %d rows is %.4f, in its "
                + "own chat template %.4f"), text("the model was trained with its chat template and has to unlearn it "
                + "first"), "data.prompt=template"),
                Cause.of("marks", text("%d of %d answers show marks of a template, such as %s in row %d"),
                text("the rows hold such marks themselves, or the prompt form is not the one that the model answers "
                + "in"), "data.prompt=template", "weft show %s --model %s"));
    }

    @Override public List<Finding> look(Evidence run) {
        List<Finding> findings = new ArrayList<>();
        run.warned(PROBED::equals).stream().findFirst().map(Warned::arguments).ifPresent(told ->
                findings.add(found("loss", Severity.WARN, List.of("prompt", told.get(0), "rows", told.get(1), "loss",
                told.get(2), "ownLoss", told.get(3)))));
        List<SampleRow> marked = run.samples().stream().filter(row -> MARKER.matcher(answer(row)).find()
                && !MARKER.matcher(row.expected()).find()).toList();
        if (!marked.isEmpty() && marked.size() >= TOLD * run.samples().size()) {
            var mark = MARKER.matcher(answer(marked.get(0)));
            mark.find();
            findings.add(found("marks", Severity.FAIL, List.of("marked", marked.size(), "answers",
                    run.samples().size(), "mark", mark.group(), "row", marked.get(0).number()),
                    run.recipe().data().train().toString(), run.recipe().model()));
        }
        return findings;
    }

    private static String answer(SampleRow row) { return row.answers().get(SampleRows.TUNED).answer(); }
}
