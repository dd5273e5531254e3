package io.weft.jinja;

import java.util.AbstractList;

/** Python's range: numbers from start towards stop, never stored. */
final class Range extends AbstractList<Object> {
    private final long start;
    private final long stop;
    private final long step;
    private final int size;

    Range(long start, long stop, long step) {
        if (step == 0) {
            throw TemplateException.because("range() step must not be 0");
        }
        this.start = start;
        this.stop = stop;
        this.step = step;
        double count = Math.ceil(((double) stop - start) / step);
        this.size = Budget.listSize((long) Math.max(0, count));
    }

    @Override public Object get(int index) { return start + step * index; }

    @Override public int size() { return size; }

    @Override public String toString() { return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")"; }
}
