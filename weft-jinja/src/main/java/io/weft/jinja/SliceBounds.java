package io.weft.jinja;

/**
 * Python's rule for which elements a slice takes: count of them, from the first, step apart. Always inside the length.
 */
record SliceBounds(int first, int count, int step) {
    static SliceBounds of(int length, Object from, Object to, Object by) {
        long step = by == null ? 1 : Numbers.toLong(by);
        if (step == 0) {
            throw TemplateException.because("slice step cannot be zero");
        }
        boolean forward = step > 0;
        long first = from == null ? (forward ? 0 : length - 1) : clamped(Numbers.toLong(from), length, forward);
        long end = to == null ? (forward ? length : -1) : clamped(Numbers.toLong(to), length, forward);
        long reach = forward ? end - first : first - end;
        long pace = step == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(step);
        int count = reach <= 0 ? 0 : (int) ((reach - 1) / pace + 1);
        return new SliceBounds((int) Math.max(0, count == 0 ? 0 : first), count, count <= 1 ? 1 : (int) step);
    }

    private static long clamped(long bound, int length, boolean forward) {
        long index = bound < 0 ? bound + length : bound;
        return forward ? Math.max(0, Math.min(index, length)) : Math.max(-1, Math.min(index, length - 1));
    }

    int index(int number) { return first + number * step; }
}
