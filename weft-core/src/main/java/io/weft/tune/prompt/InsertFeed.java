package io.weft.tune.prompt;

import io.weft.nn.Pass;
import io.weft.nn.PassFeed;
import io.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Vectors in place of the first tokens of every document, which are there for them alone.
 *
 * @param length number of these tokens
 */
public record InsertFeed(PromptNetwork network, int length) implements PassFeed {
    @Override public List<Tensor> compute(Pass pass) { return List.of(network.encode(pass.dropout())); }

    /** In a cache's pass a document's first tokens may be those of passes before. */
    @Override public Pass feed(Pass pass, List<Tensor> made, int[] documents) {
        int[] places = Arrays.stream(documents)
                .flatMap(document -> IntStream.range(pass.start(document), pass.start(document + 1)))
                .filter(token -> pass.positions()[token] < length).toArray();
        if (places.length == 0) {
            return pass;
        }
        int[] rows = Arrays.stream(places).map(place -> pass.positions()[place]).toArray();
        return pass.withInserted(places, made.get(0).rows(Tensor.of(rows, rows.length)));
    }

    @Override public int placeholders() { return length; }

    @Override public Stream<Tensor> parameters() { return network.parameters(); }
}
