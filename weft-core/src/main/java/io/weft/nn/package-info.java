/**
 * A decoder, as pure maths over ready weights. Read {@link io.weft.nn.CausalLm} and {@link io.weft.nn.Pass} first; the
 * parts of its blocks are in {@code nn.block}. Tokens of a pass lie end to end, so hidden states are [T, D] everywhere
 * and there is no padding. Knows nothing of files; imports {@code io.weft.tensor} only.
 */
package io.weft.nn;
