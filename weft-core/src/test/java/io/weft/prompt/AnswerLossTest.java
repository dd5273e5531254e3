package io.weft.prompt;

import io.weft.data.Example;
import io.weft.model.TinyModels;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class AnswerLossTest {
    /** A document of random ids. @param before that others share @param answer its trained tokens at the end */
    private static Example document(int[] before, int question, int answer, Random draws, int vocabulary) {
        int[] ids = IntStream.concat(IntStream.of(before), draws.ints(question + answer, 5, vocabulary - 5)).toArray();
        boolean[] trained = new boolean[ids.length];
        for (int i = before.length + question; i < ids.length; i++) {
            trained[i] = true;
        }
        return new Example(ids, trained);
    }

    private static double alone(CausalLm model, Example document) {
        return NoGrad.get(() -> Scope.value(() -> {
            int length = document.length();
            float[] losses = losses(model.logits(model.hidden(document.ids(), Pass.single(length))), document);
            return IntStream.range(0, length - 1).filter(i -> document.trained()[i + 1]).mapToDouble(i -> losses[i])
                    .sum();
        }));
    }

    private static float[] losses(Tensor logits, Example document) {
        int length = document.length();
        int[] next = IntStream.range(0, length).map(i -> document.ids()[Math.min(i + 1, length - 1)]).toArray();
        Tensor wide = logits.to(DType.F32);
        return wide.logSumExp().sub(wide.gather(Tensor.of(next, length, 1)).squeeze(1)).toFloats();
    }

    /** Documents of three candidates: all begin alike, those of one candidate longer. */
    private static List<List<Example>> candidates(CausalLm model) {
        Random draws = new Random(3);
        int[] head = draws.ints(4, 5, model.vocabulary() - 5).toArray();
        List<List<Example>> candidates = new ArrayList<>();
        for (int candidate = 0; candidate < 3; candidate++) {
            int[] prompt = IntStream.concat(IntStream.of(head), draws.ints(5, 5, model.vocabulary() - 5)).toArray();
            List<Example> documents = new ArrayList<>();
            for (int row = 0; row < 4; row++) {
                documents.add(document(prompt, 1 + row, 1 + row % 2, draws, model.vocabulary()));
            }
            candidates.add(documents);
        }
        return candidates;
    }

    private static double[] alone(CausalLm model, List<List<Example>> candidates) {
        return candidates.stream().flatMap(List::stream).mapToDouble(document -> alone(model, document)).toArray();
    }

    @ParameterizedTest @ValueSource(strings = {"llama", "qwen3", "gemma2", "chatglm", "gpt2", "mixtral"})
    void whatIsComputedOnceForManyDocumentsChangesNoLoss(String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            List<List<Example>> candidates = candidates(model);
            AnswerLoss loss = new AnswerLoss(model);
            assertThat(loss.sums(candidates)).containsExactly(alone(model, candidates), within(2e-4));
            assertThat(loss.computedTokens()).as("nine tokens of each candidate once, not four times")
                    .isEqualTo(candidates.stream().flatMap(List::stream).mapToInt(Example::length).sum() - 3 * 3 * 9);
        });
    }

    @ParameterizedTest @ValueSource(strings = {"llama", "gemma2", "chatglm", "gpt2"})
    void theGradientTellsHowATokensExchangeChangesTheLoss(String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            Random draws = new Random(5);
            List<Example> documents = List.of(document(new int[] {7, 8, 9, 11}, 2, 2, draws, model.vocabulary()),
                    document(new int[] {6, 7, 8, 9}, 3, 1, draws, model.vocabulary()));
            float[][] changes = new TokenGradient(model).changes(documents, new int[] {0, 1}, 3);
            double step = 1e-2;
            for (int place = 0; place < 3; place++) {
                double[] slopes = new double[2];
                int[] tokens = {20 + place, 40 + place};
                for (int t = 0; t < 2; t++) {
                    slopes[t] = (moved(model, documents, place, tokens[t], step)
                            - moved(model, documents, place, tokens[t], -step)) / (2 * step);
                }
                assertThat(new double[] {changes[place][tokens[0]], changes[place][tokens[1]]})
                        .containsExactly(slopes, within(2e-2));
            }
        });
    }

    /** The sum of losses with a little of a token's embedding added to what the token at a place is embedded as. */
    private static double moved(CausalLm model, List<Example> documents, int place, int token, double step) {
        double sum = 0;
        for (int d = 0; d < documents.size(); d++) {
            Example document = documents.get(d);
            int at = place + d;
            sum += NoGrad.get(() -> Scope.value(() -> {
                Pass plain = Pass.single(document.length());
                Tensor own = model.embedding().rows(Tensor.of(new int[] {document.ids()[at]}, 1), DType.F32);
                Tensor other = model.embedding().rows(Tensor.of(new int[] {token}, 1), DType.F32);
                double scale = scale(model);
                Pass pass = plain.withInserted(new int[] {at}, own.mul(scale).add(other.mul(step)));
                float[] losses = losses(model.logits(model.hidden(document.ids(), pass)), document);
                return IntStream.range(0, document.length() - 1).filter(i -> document.trained()[i + 1])
                        .mapToDouble(i -> losses[i]).sum();
            }));
        }
        return sum;
    }

    /** What a family multiplies embedded tokens by. */
    private static double scale(CausalLm model) {
        float[] embedded = model.embed(new int[] {9}, Pass.single(1)).toFloats();
        float[] row = model.embedding().rows(Tensor.of(new int[] {9}, 1), DType.F32).toFloats();
        boolean scaled = Math.abs(embedded[0] / row[0] - Math.sqrt(model.width())) < 1e-2
                && Math.abs(embedded[1] / row[1] - Math.sqrt(model.width())) < 1e-2;
        return scaled ? Math.sqrt(model.width()) : 1;
    }
}
