package io.weft.app.quickstart;

import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * A way of tuning as the quickstart offers it, by one name: some are settings of another method.
 *
 * @param setting    what makes it this way, on any model
 * @param onEmbedded what suits it on the small embedded base, beside {@link EmbeddedBase#SETTINGS}
 */
public record QuickstartTuning(String name, String setting, List<String> onEmbedded) {
    private static final List<String> LOW_RANK = List.of("tuning.lora.rank=32", "tuning.lora.alpha=32",
            "tuning.lora.dropout=0", "train.learningRate=3e-3");
    /** The first is the usual one. Learning rates are the best of a few that were tried, by the held-out loss. */
    public static final List<QuickstartTuning> ALL = List.of(
            of("lora", "tuning.lora=true", LOW_RANK),
            of("dora", "tuning.lora.dora=true", LOW_RANK),
            // alpha / sqrt(rank) is 1 with this alpha, as it is without
            of("rslora", "tuning.lora.rslora=true", List.of("tuning.lora.rank=32", "tuning.lora.alpha=5.66",
                    "tuning.lora.dropout=0", "train.learningRate=3e-3")),
            of("pissa", "tuning.lora.init=pissa", LOW_RANK),
            of("ia3", "tuning.ia3=true", List.of("train.learningRate=3e-2")),
            of("prefix", "tuning.prefix=true", List.of("train.learningRate=3e-2")),
            of("softPrompt", "tuning.softPrompt=true", List.of("train.learningRate=3e-2")),
            of("pTuning", "tuning.pTuning=true", List.of("train.learningRate=3e-3")),
            of("bottleneck", "tuning.bottleneck=true", List.of("train.learningRate=3e-3")),
            of("full", "tuning.full=true", List.of("train.learningRate=1e-3")),
            of("freeze", "tuning.freeze=true", List.of("train.learningRate=1e-3")));

    private static QuickstartTuning of(String name, String setting, List<String> onEmbedded) {
        return new QuickstartTuning(name, setting, onEmbedded);
    }

    /** @throws UserError when there is none of this name */
    public static QuickstartTuning named(String name) {
        return ALL.stream().filter(one -> one.name.equals(name)).findFirst().orElseThrow(() -> UserError.of(say(
                "--tuning %s: the quickstart has no such way of tuning (it has %s)", name, ALL.stream()
                .map(QuickstartTuning::name).collect(Collectors.joining(", ")))));
    }

    /** The settings where nothing else is given. @param embedded whether the base is the embedded one */
    public List<String> usual(boolean embedded) {
        List<String> usual = new ArrayList<>();
        if (embedded) {
            usual.addAll(EmbeddedBase.SETTINGS);
            usual.addAll(onEmbedded);
        }
        usual.add(setting);
        return usual;
    }
}
