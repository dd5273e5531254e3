/**
 * From a prompt's token ids to an answer's. Read {@link io.weft.generate.Generator} and {@link
 * io.weft.generate.Sampling} first. May import {@code nn}, {@code token}, {@code tensor} and {@code data}.
 */
package io.weft.generate;
