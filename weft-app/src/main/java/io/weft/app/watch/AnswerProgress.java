package io.weft.app.watch;

import io.weft.EvaluationRun;
import io.weft.app.terminal.AnsiStyle;
import io.weft.evaluate.HeldOutRows;
import java.io.PrintStream;

import static io.weft.problem.Language.say;

/**
 * How far an evaluation is: on a terminal one line that is drawn again, elsewhere a line at the start of each model and
 * at each tenth of its rows.
 */
public final class AnswerProgress implements EvaluationRun.Listener, AutoCloseable {
    private static final long REDRAW_NANOS = 200_000_000;
    private final PrintStream to;
    private String model = "";
    private long drawnAt, began;
    private int toldTenths;
    private boolean lineOpen;

    public AnswerProgress(PrintStream to) { this.to = to; }

    @Override public void note(String sentence) {
        close();
        to.println(sentence);
    }

    @Override public void begins(String name, HeldOutRows rows) {
        close();
        model = name;
        began = System.nanoTime();
        toldTenths = 0;
        if (!AnsiStyle.flows()) {
            to.println(say("%s: %,d held-out rows", name, rows.rows()));
        }
    }

    @Override public void at(int answered, int rows, long tokens) {
        long now = System.nanoTime();
        if (AnsiStyle.flows()) {
            if (now - drawnAt > REDRAW_NANOS || answered == rows) {
                to.print("\r\u001b[K" + line(answered, rows, tokens, now));
                to.flush();
                drawnAt = now;
                lineOpen = true;
            }
        } else if (10L * answered / rows > toldTenths) {
            toldTenths = (int) (10L * answered / rows);
            to.println(line(answered, rows, tokens, now));
        }
    }

    private String line(int answered, int rows, long tokens, long now) {
        return say("%s: answered %,d of %,d, %.0f tokens/s", model, answered, rows, tokens * 1e9 / (now - began));
    }

    @Override public void close() {
        if (lineOpen) {
            to.println();
            lineOpen = false;
        }
    }
}
