/**
 * The factory of the embedded base model: its text, its tokenizer, its pretraining. Not published.
 */
package io.weft.base;
