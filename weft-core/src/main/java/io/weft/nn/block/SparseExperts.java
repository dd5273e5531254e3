package io.weft.nn.block;

import io.weft.nn.Linear;
import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A mixture of experts: a router picks some of many feed-forward layers for each token and weighs what they say
 * (Shazeer et al. 2017, arXiv:1701.06538; Mixtral, arXiv:2401.04088). An expert that no token picked is not computed
 * and gets no gradient.
 *
 * @param router     [experts, D]; a token's weights are the softmax of its outputs
 * @param chosen     experts a token, those with the largest weights
 * @param normalised whether the weights of the chosen ones are made to sum to 1
 */
public record SparseExperts(Linear router, int chosen, boolean normalised, List<? extends FeedForward> experts)
        implements FeedForward {
    @Override public Tensor forward(Tensor x, Pass pass) {
        Tensor logits = router.forward(x, pass).to(DType.F32), probabilities = logits.softmax();
        Tensor picked = probabilities.detach().largest(chosen);
        // The softmax over the chosen logits alone is their probabilities divided by the sum of these.
        Tensor weights = (normalised ? logits.gather(picked).softmax() : probabilities.gather(picked))
                .view(x.size(0) * chosen, 1);
        int[] expertOf = picked.toInts();
        Tensor sum = Tensor.zeros(x.shape());
        for (int expert = 0; expert < experts.size(); expert++) {
            int current = expert;
            int[] places = IntStream.range(0, expertOf.length).filter(i -> expertOf[i] == current).toArray();
            if (places.length > 0) {
                int[] tokens = IntStream.of(places).map(place -> place / chosen).toArray();
                Tensor rows = Tensor.of(tokens, tokens.length);
                // A scope for each: what one expert upcasts is freed before the next one does.
                sum.addRowsInPlace(rows,
                        Scope.keep(() -> experts.get(current).forward(x.rows(rows), pass.ofTokens(tokens))
                        .mul(weights.rows(Tensor.of(places, places.length)))));
            }
        }
        return sum.to(x.type());
    }

    @Override public Stream<Tensor> parameters() {
        return Stream.concat(Stream.of(router), experts.stream()).flatMap(Parameters::parameters);
    }
}
