package io.weft.jinja;

import java.util.Collection;
import java.util.Map;

/**
 * What one rendering may still spend, and the line it is at. Every expression and statement is a step; work that grows
 * with its operands costs in proportion, so that a million steps are at most a few seconds whatever the template does.
 * The longest text is bounded by {@link TextBuilder}.
 */
final class Budget {
    static final int STEPS = 1_000_000;
    static final int NESTING = 64;
    /**
     * Python's sandbox allows ranges up to this length; the same bound holds for every list that an operator or a
     * filter makes.
     */
    static final int LONGEST_LIST = 100_000;

    private long left = STEPS;
    private int depth;
    private int line;

    /** Starts a step at a line of the template. */
    void step(int atLine) {
        line = atLine;
        charge(1);
    }

    int line() { return line; }

    void charge(long steps) {
        left -= steps;
        if (left < 0) {
            throw TemplateException.because("the template does not end: it was stopped after %d steps", STEPS);
        }
    }

    /** Charges for reading a value once from end to end, without what its elements hold. */
    void weigh(Object value) {
        if (value instanceof TracedText text) {
            charge(text.weight());
        } else if (value instanceof Range) {
            charge(1);
        } else if (value instanceof Collection<?> elements) {
            charge(elements.size() >> 4);
        } else if (value instanceof Map<?, ?> map) {
            charge(map.size() >> 4);
        }
    }

    /** One call of a macro or of a recursive loop deeper. */
    void enter() {
        if (++depth > NESTING) {
            throw tooDeep();
        }
    }

    void leave() { depth--; }

    static TemplateException tooDeep() {
        return TemplateException.because("nested too deeply: more than %d levels", NESTING);
    }

    /** @throws TemplateException when a list of this size may not be made */
    static int listSize(long size) {
        if (size > LONGEST_LIST) {
            throw TemplateException.because("a list of %d elements is too long; the limit is %d", size, LONGEST_LIST);
        }
        return (int) size;
    }
}
