package io.weft.data.read;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/**
 * JSON without the byte order marks that joining files leaves between its values; within texts they stay.
 */
final class UnmarkedReader extends FilterReader {
    private static final char MARK = '\ufeff';
    private boolean inText, escaped;

    UnmarkedReader(Reader in) { super(in); }

    @Override public int read(char[] target, int from, int length) throws IOException {
        int read = super.read(target, from, length);
        int to = from;
        for (int i = from; i < from + read; i++) {
            char c = target[i];
            if (inText) {
                inText = c != '"' || escaped;
                escaped = c == '\\' && !escaped;
            } else if (c == MARK) {
                continue;
            } else {
                inText = c == '"';
            }
            target[to++] = c;
        }
        // a block of marks only: no end of the file
        return read > 0 && to == from ? read(target, from, length) : read < 0 ? read : to - from;
    }

    @Override public int read() throws IOException {
        char[] one = new char[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }
}
