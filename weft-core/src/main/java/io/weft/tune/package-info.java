/**
 * Tuning methods and their files. Read {@link io.weft.tune.Tuning} and {@link io.weft.tune.Lora} first. May import
 * {@code nn} and {@code tensor}.
 */
package io.weft.tune;
