/**
 * Hugging Face model folders as {@link io.weft.nn.CausalLm}s. Read {@link io.weft.model.family.Llama} (a whole family
 * in one file) and {@link io.weft.model.Weights} first. May import {@code io.weft.nn} and {@code io.weft.tensor}.
 */
package io.weft.model;
