/**
 * Instructions in other words, by rules or by a model, and what keeps them from asking for something else. Read {@link
 * io.weft.data.augment.Instruction} and {@link io.weft.data.augment.Agreement} first. May import {@code data}.
 */
package io.weft.data.augment;
