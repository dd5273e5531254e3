/**
 * The parts of {@link io.weft.tune.Lora}: its settings in groups, and what it puts beside a linear. Read {@link
 * io.weft.tune.lora.LowRank} and {@link io.weft.tune.lora.LoraForm} first. May import {@code nn}, {@code tensor} and
 * {@code settings}.
 */
package io.weft.tune.lora;
