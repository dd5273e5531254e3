package io.weft.data.read;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;

/**
 * Lines that end in a line feed, with or without a carriage return before it; no other character ends one, as in
 * Python's readers of JSONL.
 */
public final class Lines implements Closeable {
    private final Reader in;
    private final int longest;
    private final char[] buffer = new char[1 << 14];
    private int at, filled, number;
    private boolean tooLong, endedByLineFeed;

    /** @param longest characters of a line that are kept */
    public Lines(Reader in, int longest) {
        this.in = in;
        this.longest = longest;
    }

    /** The next line, or null at the end. */
    public String next() throws IOException {
        var line = new StringBuilder();
        tooLong = false;
        endedByLineFeed = false;
        boolean any = false;
        while (!endedByLineFeed && more()) {
            any = true;
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            int room = longest - line.length();
            tooLong |= end - at > room;
            line.append(buffer, at, Math.min(end - at, room));
            endedByLineFeed = end < filled;
            at = endedByLineFeed ? end + 1 : end;
        }
        if (!any) {
            return null;
        }
        number++;
        if (line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        return line.toString();
    }

    /** Number of the line last given, from 1. */
    public int number() { return number; }

    /** True when the line last given was longer and only its beginning was kept. */
    boolean tooLong() { return tooLong; }

    private boolean more() throws IOException {
        if (at == filled) {
            at = 0;
            filled = Math.max(0, in.read(buffer, 0, buffer.length));
        }
        return at < filled;
    }

    @Override public void close() throws IOException { in.close(); }
}
