package io.weft.app.api;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a regular expression becomes when its counted repetitions are written out: {@code (a{10}b){3}} is 33. An
 * automaton grows with that, and a few characters can ask for billions.
 */
final class PatternSize {
    private static final Pattern COUNTED = Pattern.compile("\\{(\\d{1,9})(,(\\d{0,9}))?}");

    private PatternSize() {}

    static double of(String expression) {
        Deque<double[]> open = new ArrayDeque<>();       // of each group: its size, and that of its last part
        open.push(new double[2]);
        Matcher counted = COUNTED.matcher(expression);
        for (int at = 0; at < expression.length(); at++) {
            char c = expression.charAt(at);
            if (c == '(') {
                open.push(new double[2]);
            } else if (c == ')' && open.size() > 1) {
                add(open, open.pop()[0]);
            } else if (c == '{' && counted.region(at, expression.length()).lookingAt()) {
                String most = counted.group(3);
                double times = Double.parseDouble(most == null || most.isEmpty() ? counted.group(1) : most);
                double[] group = open.peek();
                group[0] += group[1] * (times - 1);
                group[1] *= times;
                at = counted.end() - 1;
            } else {
                at += c == '\\' ? 1 : c == '[' ? Math.max(0, expression.indexOf(']', at + 2) - at) : 0;
                add(open, 1);
            }
        }
        double all = 0;
        for (double[] group : open) {
            all += group[0];
        }
        return all;
    }

    private static void add(Deque<double[]> open, double size) {
        open.peek()[0] += size;
        open.peek()[1] = size;
    }
}
