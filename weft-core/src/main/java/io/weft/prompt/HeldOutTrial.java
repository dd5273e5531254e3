package io.weft.prompt;

import io.weft.data.Sample;
import io.weft.evaluate.Answers;
import io.weft.evaluate.Evaluation;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.HeldOutRows;
import io.weft.evaluate.Progress;
import io.weft.generate.Generator;
import io.weft.generate.Sampling;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.objective.Sft;
import io.weft.token.encode.ConversationEncoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model on held-out rows behind one prompt or another. All are judged on the same rows: those that fit into the
 * model's context behind each of the prompts. Belongs to the thread of the model.
 *
 * @param adapters that the model answers with
 */
public record HeldOutTrial(CausalLm model, Adapters adapters, Generator generator, List<? extends Sample> rows, int of,
        EvaluationSettings settings) {
    /** Longest answers; what is expected is shorter in the tasks that a prompt can teach. */
    private static final int LONGEST_ANSWER = 128, MORE = 4, TOGETHER = 16;

    /**
     * @param encoders  of each prompt, which drop what is too long
     * @param heldOut   rows  @param most of them that are judged
     * @param sampling  of the answers; greedy, as long as the longest expected answer, where none is given
     */
    public static HeldOutTrial of(CausalLm model, Adapters adapters, Generator generator,
            List<ConversationEncoder> encoders, List<? extends Sample> heldOut, int most,
            Optional<Sampling> sampling) {
        List<? extends Sample> fitting = heldOut.subList(0, Math.min(most, heldOut.size())).stream()
                .filter(row -> encoders.stream().noneMatch(encoder -> encoder.encode(row).isEmpty())).toList();
        Sampling usual = sampling.orElseGet(() -> Sampling.greedy(Math.min(LONGEST_ANSWER,
                MORE + fitting.stream().flatMap(row -> encoders.get(0).encode(row).stream())
                .flatMap(group -> group.documents().stream()).mapToInt(document -> document.trainedTokens()).max()
                .orElse(1))));
        return new HeldOutTrial(model, adapters, generator, fitting, heldOut.size(),
                EvaluationSettings.DEFAULTS.withSampling(usual).withPromptTokens(generator.contextLength())
                .withBatch(TOGETHER));
    }

    /** Forward passes that one prompt takes: a row is read once for its loss and once for its answer. */
    public int passes() { return 2 * rows.size(); }

    /** @return the measures that apply, by their keys */
    public Map<String, Double> values(ConversationEncoder encoder, Progress progress) {
        HeldOutRows encoded = encoded(encoder);
        Answers answers = Evaluation.of(model, adapters, generator, encoder::answer, encoded, settings, progress);
        return PromptTable.values(encoded, answers);
    }

    /** How many questions are cut behind a prompt. */
    public int shortened(ConversationEncoder encoder) { return encoded(encoder).shortened(); }

    private HeldOutRows encoded(ConversationEncoder encoder) {
        return HeldOutRows.of(new Sft(), encoder.another(), rows, generator.contextLength(), settings);
    }
}
