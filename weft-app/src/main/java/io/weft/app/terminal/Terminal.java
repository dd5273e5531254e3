package io.weft.app.terminal;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What is known of the terminal that this process talks to. Its width is asked of {@code stty}: jline's own terminal
 * takes 105 to 155 ms to open where this takes 16, and its native library, unpacked anew by each process, would stay
 * behind in the temporary folder, for this program ends without an orderly exit (see {@code Main}).
 */
public final class Terminal {
    private static final int USUAL_WIDTH = 80;
    private static final long ASK_AGAIN = TimeUnit.SECONDS.toNanos(10);
    private int width;
    private long asked;

    /** Whether a person sees the output and a line of it can be drawn again. */
    public static boolean isInteractive() {
        Console console = System.console();
        return console != null && isTerminal(console) && !"dumb".equals(System.getenv("TERM"));
    }

    /**
     * From Java 22 on there is a console even where there is no terminal, and a method that tells; up to 21 a console
     * is a terminal.
     */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** Columns, asked for again now and then because windows change. */
    public int width() {
        if (width == 0 || System.nanoTime() - asked > ASK_AGAIN) {
            width = sizeOfTty();
            asked = System.nanoTime();
        }
        return width;
    }

    private static int sizeOfTty() {
        File tty = new File("/dev/tty");
        if (!tty.exists()) {
            return USUAL_WIDTH;
        }
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(tty)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String[] rowsAndColumns = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim()
                    .split(" ");
            int columns = rowsAndColumns.length == 2 ? Integer.parseInt(rowsAndColumns[1]) : 0;
            return columns > 0 ? columns : USUAL_WIDTH;
        } catch (IOException | NumberFormatException e) {
            return USUAL_WIDTH;   // no stty here
        }
    }
}
