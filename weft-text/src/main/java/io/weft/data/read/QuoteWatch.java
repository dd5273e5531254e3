package io.weft.data.read;

import de.siegmar.fastcsv.reader.CsvRecord;
import io.weft.problem.UserError;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.util.TreeSet;

import static io.weft.problem.Language.say;

/**
 * Follows the quotes of a CSV beside its parser, which takes a quote that never closes for the rest of the file, and
 * text behind a closing quote for more of the field, both without a word.
 */
final class QuoteWatch extends FilterReader {
    /** BEHIND: text after a closing quote, where the parser lets another quote open. */
    private enum Within { FIELD_START, BARE, QUOTED, CLOSED, BEHIND }

    private final char separator;
    private final TreeSet<Long> broken = new TreeSet<>();
    private Within within = Within.FIELD_START;
    private long line = 1, openedOn = 1;
    private char before;
    private boolean ended;

    QuoteWatch(Reader in, char separator) {
        super(in);
        this.separator = separator;
    }

    @Override public int read(char[] target, int from, int length) throws IOException {
        int read = super.read(target, from, length);
        ended |= read < 0;
        for (int i = from; i < from + read; i++) {
            step(target[i]);
        }
        return read;
    }

    private void step(char c) {
        if (within == Within.QUOTED) {
            within = c == '"' ? Within.CLOSED : Within.QUOTED;
        } else if (c == '"' && within != Within.BARE) {
            openedOn = within == Within.CLOSED ? openedOn : line;
            within = Within.QUOTED;
        } else if (c == separator || c == '\n' || c == '\r') {
            within = Within.FIELD_START;
        } else if (within == Within.CLOSED) {
            within = Within.BEHIND;
            broken.add(line);
        } else if (within == Within.FIELD_START) {
            within = Within.BARE;
        }
        line += c == '\r' || c == '\n' && before != '\r' ? 1 : 0;
        before = c;
    }

    /** Whether a field of the record goes on behind its closing quote. Asked once, in the order of the records. */
    boolean isBroken(CsvRecord record) {
        if (broken.isEmpty() || broken.first() < record.getStartingLineNumber()) {
            broken.headSet(record.getStartingLineNumber()).clear();
        }
        if (broken.isEmpty()) {
            return false;
        }
        long breaks = record.getFields().stream().flatMapToInt(String::chars).filter(c -> c == '\n').count();
        return broken.first() <= record.getStartingLineNumber() + breaks;
    }

    /** Line on which the last quoted field began. */
    long openedOn() { return openedOn; }

    void refuseOpenQuote(String file) {
        if (ended && within == Within.QUOTED) {
            throw UserError.of(say("%s line %d: a quote is opened and never closed; close it, or double a quote "
                    + "that belongs to the text", file, openedOn));
        }
    }
}
