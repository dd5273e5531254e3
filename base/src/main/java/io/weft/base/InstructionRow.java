package io.weft.base;

import java.util.List;

/**
 * A row of the bundled set, in alpaca's form.
 *
 * @param drawn the names and numbers that were drawn, each independently of the others, for this answer and stand in
 *     it; not part of the file
 */
public record InstructionRow(String instruction, String input, String output, List<String> drawn) {}
