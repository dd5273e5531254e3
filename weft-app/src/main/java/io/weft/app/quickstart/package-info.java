/**
 * What {@code weft quickstart} brings along: the bundled instruction set ({@link io.weft.base.InstructionSet}), and the
 * text, tokenizer and recipe from which its embedded base was made ({@link io.weft.base.BaseRecipe}). Plain Java, the
 * same for the same seed; touches no tensors.
 */
package io.weft.app.quickstart;
