package io.weft.nn.block;

import io.weft.nn.Block;
import io.weft.nn.KeyValueCache;

/** A block that has one attention layer. */
public interface AttentionBlock extends Block {
    Attention attention();

    @Override default KeyValueCache.Shape cacheShape() {
        return new KeyValueCache.Shape(attention().shape().keyValueHeads(), attention().shape().headDim());
    }
}
