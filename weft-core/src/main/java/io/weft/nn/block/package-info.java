/**
 * The blocks of decoders and the sublayers in them. Read {@link io.weft.nn.block.PreNormBlock} and {@link
 * io.weft.nn.block.Attention} first. May import {@code nn} and {@code tensor}.
 */
package io.weft.nn.block;
