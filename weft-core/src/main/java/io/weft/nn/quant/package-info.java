/**
 * Weights of four bits. Read {@link io.weft.nn.quant.Nf4Weight} first, then {@link io.weft.nn.quant.Nf4Quantiser},
 * which makes one of any other weight. May import {@code io.weft.nn} and {@code io.weft.tensor}.
 */
package io.weft.nn.quant;
