package io.weft.prompt;

import io.weft.data.Batch;
import io.weft.data.Example;
import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the loss of answers changes, to first order, when a token of the prompt becomes another one: the gradient by what
 * the token is embedded as, times the other one's row of the embedding (AutoPrompt, Shin et al. 2020, arXiv:2010.15980,
 * equation 2; GCG, Zou et al. 2023, arXiv:2307.15043, takes the same product as the gradient by the one-hot token).
 * Each block's graph is built on the way down, so memory holds one of them. Belongs to the thread of its model.
 */
final class TokenGradient {
    private static final long CHUNK_BYTES = 64L << 20;
    private final CausalLm model;

    TokenGradient(CausalLm model) { this.model = model; }

    /**
     * @param documents whose answers are judged, each with the tokens in it
     * @param starts    where the tokens begin in each document
     * @param count     of the tokens
     * @return [count][V] the loss's change, up to a constant and a positive factor: the lower, the better
     */
    float[][] changes(List<Example> documents, int[] starts, int count) {
        return Device.value(model.device(), () -> Scope.value(() -> {
            Batch batch = Batch.of(documents);
            Tensor gradient = byEmbedded(batch);
            int[] places = IntStream.range(0, starts.length).flatMap(d -> IntStream.range(0, count)
                    .map(i -> batch.starts()[d] + starts[d] + i)).toArray();
            int[] tokens = IntStream.range(0, places.length).map(i -> i % count).toArray();
            Tensor sum = Tensor.zeros(count, model.width()).addRowsInPlace(Tensor.of(tokens, tokens.length),
                    gradient.rows(Tensor.of(places, places.length)).to(DType.F32));
            return byToken(sum, count);
        }));
    }

    /** [count, D] by [V, D], a part of the vocabulary at a time: the whole table upcast may be large. */
    private float[][] byToken(Tensor gradient, int count) {
        int vocabulary = model.vocabulary();
        int most = (int) Math.max(256, CHUNK_BYTES / (4L * model.width()));
        float[][] changes = new float[count][vocabulary];
        NoGrad.run(() -> {
            for (int from = 0; from < vocabulary; from += most) {
                int start = from, length = Math.min(most, vocabulary - from);
                float[] part = Scope.value(() -> gradient.matmul(model.embedding().wide(DType.F32, start, length)
                        .transpose(0, 1)).toFloats());
                for (int i = 0; i < count; i++) {
                    System.arraycopy(part, i * length, changes[i], start, length);
                }
            }
        });
        return changes;
    }

    /** [T, D] of the sum of the answers' losses by what each token is embedded as. */
    private Tensor byEmbedded(Batch batch) {
        Pass pass = Pass.of(batch.positions(), batch.starts());
        List<Block> blocks = model.blocks();
        List<Tensor> inputs = new ArrayList<>();
        Tensor x = NoGrad.get(() -> Scope.keep(() -> model.embed(batch.ids(), pass)));
        for (int i = 0; i < blocks.size(); i++) {
            inputs.add(x);
            int layer = i;
            Tensor input = x;
            x = NoGrad.get(() -> Scope.keep(() -> blocks.get(layer).forward(input, layer, pass)));
        }
        Tensor down = top(batch, x, pass);
        for (int i = blocks.size() - 1; i >= 0; i--) {
            int layer = i;
            Tensor input = inputs.get(i).detach().trainable(true), above = down;
            Scope.run(() -> blocks.get(layer).forward(input, layer, pass).backward(above));
            down = input.gradient();
        }
        return down;
    }

    /** The same by the hidden states after the last block [T, D]. */
    private Tensor top(Batch batch, Tensor hidden, Pass pass) {
        int[] places = IntStream.range(0, batch.tokens()).filter(i -> batch.targets()[i] != Batch.NONE).toArray();
        Tensor gradient = Tensor.zeros(hidden.type(), hidden.shape());
        int most = (int) Math.max(16, CHUNK_BYTES / (4L * model.vocabulary()));
        for (int from = 0; from < places.length; from += most) {
            int[] some = Arrays.copyOfRange(places, from, Math.min(places.length, from + most));
            int[] targets = Arrays.stream(some).map(place -> batch.targets()[place]).toArray();
            Pass rest = pass.ofTokens(some);
            Scope.run(() -> {
                Tensor rows = Tensor.of(some, some.length);
                Tensor picked = hidden.rows(rows).detach().trainable(true);
                Tensor logits = model.logitsOf(model.norm().forward(picked, rest), rest).to(DType.F32);
                logits.logSumExp().sub(logits.gather(Tensor.of(targets, some.length, 1)).squeeze(1))
                        .backward(Tensor.ones(some.length));
                NoGrad.run(() -> gradient.copyRowsInPlace(rows, picked.gradient()));
            });
        }
        return gradient;
    }
}
