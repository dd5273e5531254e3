package io.weft.app.watch;

import io.weft.app.terminal.AnsiStyle;
import io.weft.hub.HubListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

import static io.weft.problem.Language.say;

/** How far a pull is: on a terminal one line that is drawn again, elsewhere a line for each file. */
public final class PullProgress implements HubListener, AutoCloseable {
    private static final long REDRAW_NANOS = 200_000_000;
    private final PrintStream to;
    private String file = "";
    private long drawnAt;
    private boolean lineOpen;

    public PullProgress(PrintStream to) { this.to = to; }

    @Override public void progress(Progress now) {
        if (!AnsiStyle.flows()) {
            if (!file.equals(now.file())) {
                to.println(say("%s, %s", now.file(), size(now.size())));
                file = now.file();
            }
        } else if (System.nanoTime() - drawnAt > REDRAW_NANOS || now.allDone() == now.allSize()) {
            to.print("\r\u001b[K" + say("%3d %%  %s of %s  %s", now.allSize() == 0 ? 100
                    : 100 * now.allDone() / now.allSize(), size(now.allDone()), size(now.allSize()), now.file()));
            to.flush();
            drawnAt = System.nanoTime();
            lineOpen = true;
        }
    }

    @Override public void retrying(String what, String reason, Duration wait) {
        line(say("%s: %s; trying again in %d s", what, reason, wait.toSeconds()));
    }

    @Override public void waitingForAnother(String what) { line(say("%s: another process fetches it; waiting", what)); }

    private void line(String text) {
        close();
        to.println(text);
    }

    @Override public void close() {
        if (lineOpen) {
            to.println();
            lineOpen = false;
        }
    }

    private static String size(long bytes) {
        return bytes < 1_000_000 ? bytes / 1000 + " kB" : bytes < 1_000_000_000 ? bytes / 1_000_000 + " MB"
                : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }
}
