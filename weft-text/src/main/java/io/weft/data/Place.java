package io.weft.data;

import static io.weft.problem.Language.say;

/**
 * Where a row came from: file name as the user gave it and line, counted from 1 (for a JSON array the line on which the
 * row's object begins).
 */
public record Place(String file, int line) {
    @Override public String toString() { return say("%s line %d", file, line); }
}
