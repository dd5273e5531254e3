/**
 * What prepared rows are judged by: a check looks at every row and gives a verdict with figures, examples and the
 * recipe line that mends what it found. Read {@link io.weft.data.check.Check} and {@link io.weft.data.check.Verdict}
 * first. May import {@code data.prepare}.
 */
package io.weft.data.check;
