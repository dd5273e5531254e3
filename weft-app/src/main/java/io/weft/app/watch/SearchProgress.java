package io.weft.app.watch;

import io.weft.PromptSearch;
import io.weft.app.terminal.AnsiStyle;
import java.io.PrintStream;

import static io.weft.problem.Language.say;

/**
 * How far the search of a prompt is: a line for every better prompt and every tenth of the passes, on a terminal also
 * one that is drawn again.
 */
public final class SearchProgress implements PromptSearch.Listener, AutoCloseable {
    private static final long REDRAW_NANOS = 200_000_000;
    private static final int SHOWN = 60;
    private final PrintStream to;
    private String best = "";
    private int toldTenths;
    private long drawnAt;
    private boolean lineOpen, wasAgain;

    public SearchProgress(PrintStream to) { this.to = to; }

    @Override public void note(String sentence) {
        close();
        to.println(sentence);
    }

    @Override public void at(Step step) {
        if (wasAgain && !step.again()) {
            note(say("goes on with the search that is there, from %,d passes", step.passes()));
        }
        wasAgain = step.again();
        int tenths = (int) (10L * step.passes() / step.budget());
        if (!step.text().equals(best) || !AnsiStyle.flows() && tenths > toldTenths) {
            note(say("%,d of %,d passes: loss %.4f  %s", step.passes(), step.budget(), step.loss(),
                    shown(step.text())));
        } else if (AnsiStyle.flows() && System.nanoTime() - drawnAt > REDRAW_NANOS) {
            draw(say("%,d of %,d passes", step.passes(), step.budget()));
        }
        best = step.text();
        toldTenths = tenths;
    }

    @Override public void at(int answered, int rows, long tokens) {
        if (AnsiStyle.flows() && System.nanoTime() - drawnAt > REDRAW_NANOS) {
            draw(say("held-out rows: answered %,d of %,d", answered, rows));
        }
    }

    private void draw(String line) {
        to.print("\r\u001b[K" + line);
        to.flush();
        drawnAt = System.nanoTime();
        lineOpen = true;
    }

    /** The end of a text, where it changes, on one line. */
    private static String shown(String text) {
        String line = text.replaceAll("\\s+", " ");
        int length = line.codePointCount(0, line.length());
        return length <= SHOWN ? line : "…" + line.substring(line.offsetByCodePoints(0, length - SHOWN));
    }

    @Override public void close() {
        if (lineOpen) {
            to.print("\r\u001b[K");
            to.flush();
            lineOpen = false;
        }
    }
}
