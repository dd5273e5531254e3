package io.weft.tune.prompt;

import io.weft.nn.KeyValueCache;
import io.weft.nn.KeyValuePrefix;
import io.weft.nn.Pass;
import io.weft.nn.PassFeed;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Keys and values before those of every document, layer by layer, from the vectors of virtual tokens: [P, layers * 2 *
 * G * headDim], the keys of a layer, then its values, as PEFT lays them out.
 *
 * @param layers of the model
 * @param shift  how many positions later the documents' own tokens stand
 */
public record PrefixFeed(PromptNetwork network, List<KeyValueCache.Shape> layers, int shift) implements PassFeed {
    public PrefixFeed { layers = List.copyOf(layers); }

    @Override public List<Tensor> compute(Pass pass) {
        Tensor vectors = network.encode(pass.dropout());
        List<Tensor> parts = new ArrayList<>();
        long at = 0;
        for (KeyValueCache.Shape shape : layers) {
            long width = (long) shape.heads() * shape.dim();
            for (int part = 0; part < 2; part++, at += width) {
                parts.add(vectors.narrow(1, at, width).view(vectors.size(0), shape.heads(), shape.dim()));
            }
        }
        return parts;
    }

    @Override public Pass feed(Pass pass, List<Tensor> made, int[] documents) {
        KeyValuePrefix prefix = new KeyValuePrefix(
                IntStream.range(0, layers.size()).mapToObj(i -> made.get(2 * i)).toList(),
                IntStream.range(0, layers.size()).mapToObj(i -> made.get(2 * i + 1)).toList());
        return pass.with(prefix, documents).shifted(shift, documents);
    }

    @Override public int positions() { return shift; }

    @Override public Stream<Tensor> parameters() { return network.parameters(); }
}
