package io.weft.run;

import io.weft.problem.Language;
import io.weft.run.RunEvent.Warned;
import java.util.Arrays;
import java.util.IllegalFormatException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** The sentences of warnings, by kind: events keep kind and arguments, whoever prints them says it in a language. */
public final class WarningText {
    /** The kind of a warning whose one argument is the sentence itself, as logs of older versions have them. */
    static final String SENTENCE = "sentence";
    private static final Map<String, Function<Object[], String>> SENTENCES = Map.ofEntries(
            Map.entry("loss.notFinite",
            a -> say("the loss is not finite; no optimizer step was taken (%d in a row, %d end the "
            + "run). Lower train.learningRate or look at rows %s", a)),
            Map.entry("gradient.notFinite",
            a -> say("the gradient is not finite; no optimizer step was taken (%d in a row, %d "
            + "end the run). Lower train.learningRate or look at rows %s", a)),
            Map.entry("base.notFinite",
            a -> say("the loss is not finite because the base is not: %s in %s holds numbers that are not finite. "
            + "Nothing can be learned from it; fetch that file again, or take another base", a)),
            Map.entry("rows.notFinite",
            a -> say("the loss of rows %3$s alone is not finite, that of the step's other rows is; no optimizer step "
            + "was taken (%1$d in a row, %2$d end the run). The first of them begins \"%4$s\": mend or remove them",
            a)),
            Map.entry("start.notFinite",
            a -> say("the loss or its gradient is not finite before anything was learned, though every weight of the "
            + "base is (%1$d in a row, %2$d end the run). Look at rows %3$s; train.precision is %4$s, and fp32 has the "
            + "widest range", a)),
            Map.entry("evaluation.notFinite", a -> say("the held-out loss is not finite")),
            Map.entry("evaluation.guessing",
            a -> say("a held-out loss of %.4f is above ln(choices) = %.4f, what guessing gives", a)),
            Map.entry("result.worse",
            a -> say("the best held-out loss, %.4f at step %d, is above the %.4f of the untouched model: the weights "
            + "of that step are kept, and are no gain. Lower train.learningRate (it was %s)", a)),
            Map.entry("result.guessing",
            a -> say("the best held-out loss, %.4f at step %d, is above the %.4f of the untouched model, and above "
            + "ln(choices) = %5$.4f, what guessing gives: the weights of that step are kept, and are of no use. "
            + "Lower train.learningRate (it was %4$s)", a)),
            Map.entry("result.unlearned",
            a -> say("the best held-out loss, %.4f at step %d, is below the %.4f of the untouched model, but above "
            + "ln(choices) = %.4f, what guessing gives: train longer, or look at the base and its prompt form", a)),
            Map.entry("last.worse",
            a -> say("the last held-out loss, %.4f, is above the %.4f of the untouched model; kept are the weights of "
            + "step %d, with %.4f. Lower train.learningRate (it was %s), or train less", a)),
            Map.entry("last.guessing",
            a -> say("the last held-out loss, %.4f, is above ln(choices) = %.4f, what guessing gives; kept are the "
            + "weights of step %d, with %.4f. Lower train.learningRate (it was %s), or train less", a)),
            Map.entry("training.worse",
            a -> say("on the rows of the last %2$d steps the loss is %1$.4f, and %3$.4f without what was tuned: the "
            + "last weights are kept, and are no gain. Lower train.learningRate (it was %4$s)", a)),
            Map.entry("training.guessing",
            a -> say("on the rows of the last %2$d steps the loss is %1$.4f, above the %3$.4f without what was tuned "
            + "and above ln(choices) = %5$.4f, what guessing gives: the last weights are kept, and are of no use. "
            + "Lower train.learningRate (it was %4$s)", a)),
            Map.entry("training.unlearned",
            a -> say("on the rows of the last %2$d steps the loss is %1$.4f, below the %3$.4f without what was tuned, "
            + "but above ln(choices) = %5$.4f, what guessing gives: train longer, or look at the base and its "
            + "prompt form", a)),
            Map.entry("reward.worse",
            a -> say("the best mean reward on held-out rows, %.4f at step %d, is below the %.4f of the untouched "
            + "model: the weights of that step are kept, and are no gain. Lower train.learningRate (it was %s), or "
            + "look at the answers in rollouts.jsonl", a)),
            Map.entry("reward.lastWorse",
            a -> say("the last mean reward on held-out rows, %.4f, is below the %.4f of the untouched model; kept are "
            + "the weights of step %d, with %.4f. Lower train.learningRate (it was %s), or train less", a)),
            Map.entry("reward.trainingWorse",
            a -> say("on the rows of the last %2$d steps the mean reward is %1$.4f, and %3$.4f without what was "
            + "tuned: the last weights are kept, and are no gain. Lower train.learningRate (it was %4$s)", a)),
            Map.entry("reward.equal",
            a -> say("in the last %d steps all answers to each prompt were worth the same (%.4f on average), so "
            + "nothing is learned: take rewards that tell the answers apart, raise "
            + "train.objective.grpo.temperature, or take easier or harder prompts. rollouts.jsonl has the answers",
            a)),
            Map.entry("weights.mapped",
            a -> say("the frozen weights stay mapped from their files (%,d MB as fp32 of %,d MB of "
            + "memory), each block is widened when it is used; this is slower than train.frozenWeights: resident", a)),
            Map.entry("weights.nf4",
            a -> say("the linears' weights are kept in four bits (%,d MB; all weights are %,d MB as fp32) and widened "
            + "when they are used", a)),
            Map.entry("preset.targets",
            a -> say("preset tutorial: its targets (%s) are ChatGLM's; this %s is tuned on all "
            + "linear layers", a)),
            Map.entry("length.context", a -> say("data.maxLength: %d, the model's context", a)),
            Map.entry("precision.cpu",
            a -> say("train.precision %1$s: this CPU multiplies %1$s many times slower than fp32, so "
            + "the run computes in fp32", a)),
            Map.entry("precision.chosen", a -> say("train.precision: bf16, since this CPU multiplies it clearly faster "
            + "than fp32", a)),
            Map.entry("precision.slower", a -> say("train.precision bf16: this CPU multiplies it no faster than fp32 "
            + "in this model's shapes, so the run is slower for it; train.precision: auto would not choose it", a)),
            Map.entry("precision.scale",
            a -> say("train.precision %s needs a scaled loss, which Weft does not have: the run computes in fp32; "
            + "train.precision: bf16 is computed in", a)),
            Map.entry("rows.setAside",
            a -> say("%,d rows are set aside, since the template or the tokenizer refuses them; the first: "
            + "%s. All of them stand in %s, files *.setaside.jsonl", a)),
            Map.entry("border.joined",
            a -> say("data.border: joined loses the beginning of the answer, or asks with other ids than were trained, "
            + "in %,d rows; data.border: exact loses nothing", a)),
            Map.entry("border.skipped",
            a -> say("%,d earlier answers of conversations are not learned, since the chat template asks for them "
            + "otherwise once the conversation goes on; write each as the last answer of a row of its own", a)),
            Map.entry("ending.none",
            a -> say("nothing ends an answer: the chat template puts no token or text behind it that is learned, and "
            + "the tokenizer names no end token; every answer will run to its limit. Set eos_token in "
            + "tokenizer_config.json", a)),
            Map.entry("checkpoint.missing", a -> say("checkpoint %s is damaged and cannot be used: %s is missing", a)),
            Map.entry("checkpoint.changed",
            a -> say("checkpoint %s is damaged and cannot be used: %s has other bytes than were "
            + "written", a)),
            Map.entry("checkpoint.unreadable",
            a -> say("checkpoint %s is damaged and cannot be used: %s cannot be read", a)),
            Map.entry("checkpoint.best",
            a -> say("checkpoint %s cannot be used: the best one before it, %s, is damaged", a)),
            Map.entry("checkpoint.fallback", a -> say("the run goes on from checkpoint %s in place of %s", a)),
            Map.entry("checkpoint.restart", a -> say("no checkpoint up to %s is whole; the run starts again from its "
            + "beginning, as --from-start asks", a)),
            Map.entry("resume.start", a -> say("the run was stopped before its first checkpoint; it starts from its "
            + "beginning", a)),
            Map.entry("resume.startAgain", a -> say("there is no checkpoint; the run starts again from its beginning, "
            + "as --from-start asks", a)),
            Map.entry("resume.unrecorded", a -> say("checkpoint %s is an older Weft's and does not say which recipe "
            + "and which base it belongs to; that both are as they were is not checked", a)),
            Map.entry("log.missing", a -> say("%s is missing or empty: what it told of the first %d steps is lost. The "
            + "run is not harmed; log, curves and trainer_state.json begin with the next step", a)),
            Map.entry("log.short", a -> say("%s ends before the checkpoint does: what it told of steps %s is lost. The "
            + "run is not harmed; log, curves and trainer_state.json lack these steps", a)),
            Map.entry("log.end", a -> say("%s ends before the checkpoint does, after its last step; the run is not "
            + "harmed", a)),
            Map.entry("log.damaged", a -> say("%s line %d cannot be read, and what the log told of steps %s is lost. "
            + "The run is not harmed; log, curves and trainer_state.json lack these steps; the damaged log is kept as "
            + "events.damaged-N.jsonl", a)),
            Map.entry("log.line", a -> say("%s line %d cannot be read and is left out; the run is not harmed, and the "
            + "damaged log is kept as events.damaged-N.jsonl", a)),
            Map.entry("resume.engine",
            a -> say("this process computes with %s, the checkpoint was made with %s; the run goes "
            + "on, but not bit for bit as it would have", a)),
            Map.entry(MemoryShortage.MACHINE, a -> say("the run broke off: no memory was left (%s)", a)),
            Map.entry(MemoryShortage.HEAP, a -> say("the run broke off: the Java heap was full (%s)", a)),
            Map.entry("prompt.template",
            a -> say("with prompts as %s the untouched model's loss on %d rows is %.4f, in its own chat template %.4f: "
            + "it has to unlearn that form first; data.prompt=template asks it as it was trained", a)),
            Map.entry("config.unknown",
            a -> say("%s sets what Weft does not know and does not compute with: %s; where Python's model reads it, "
            + "its numbers are others than Weft's", a)),
            Map.entry("nf4.ragged",
            a -> say("%s: in %d quantised linears, such as %s, a row ends within a block; their scales are read as "
            + "bitsandbytes reads them on a CPU, and a GPU gives other numbers", a)),
            Map.entry("generation.unused",
            a -> say("%s asks for %s; Weft answers by its own settings of sampling, not by these", a)),
            // a text that was made where the language was not known: its English, and what fills it
            Map.entry("note", a -> Language.current().in((String) a[0], Arrays.copyOfRange(a, 1, a.length))),
            Map.entry(SENTENCE, a -> (String) a[0]));

    private WarningText() {}

    /** The sentence in the language of the process; the bare words of a kind that this version does not know. */
    public static String of(Warned warned) {
        Object[] arguments = warned.arguments().toArray();
        try {
            if (SENTENCES.containsKey(warned.kind())) {
                return SENTENCES.get(warned.kind()).apply(arguments);
            }
        } catch (IllegalFormatException | IndexOutOfBoundsException | ClassCastException e) {
            // written by another version, with other arguments: told as those of an unknown kind
        }
        return warned.kind() + warned.arguments().stream().map(argument -> " " + argument)
                .collect(Collectors.joining());
    }
}
