package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.List;

/** A layer of a decoder: sublayers, each of which adds to the hidden states. Its usual forms are in nn.block. */
public interface Block extends Parameters {
    /** x [T, D] -> [T, D]. @param layer index of this block */
    Tensor forward(Tensor x, int layer, Pass pass);

    /** What a cache keeps of each token for this block. */
    KeyValueCache.Shape cacheShape();

    /** Where its sublayers' outputs are added, in the order in which they are computed. */
    List<Sublayer> sublayers();

    /** True when some parameter in it is trained. */
    default boolean isTrained() { return parameters().anyMatch(Tensor::isTrainable); }
}
