package io.weft.nn;

/** Embed, blocks, norm, head. */
public final class CausalLm {
}
