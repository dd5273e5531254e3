package io.weft.app.terminal;

import java.io.PrintStream;

/** Labelled lines below each other, the texts aligned. */
public record LabelledLines(PrintStream to) {
    /** Columns of a label and the space behind it. */
    private static final int LABELS = 10;

    public void line(String label, String text) {
        to.println(label + " ".repeat(Math.max(1, LABELS - columns(label))) + text);
    }

    /** Another line below the same label. */
    public void more(String text) { line("", text); }

    /** Chinese characters take two columns. */
    private static int columns(String text) {
        return text.codePoints().map(c -> Character.isIdeographic(c) ? 2 : 1).sum();
    }
}
