package io.weft.token.form;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Which texts are meant, as automata over UTF-8 bytes that may call each other: rule 0 is the whole text. A state has
 * edges that take a byte, edges that take nothing, and calls of a rule with the state to return to.
 */
final class Grammar {
    private static final int LAST = 0x10FFFF;
    private static final int[] NONE = new int[0];
    private final List<int[]> bytes = new ArrayList<>(); // a state: lowest, highest, target, and so on
    private final List<int[]> free = new ArrayList<>();  // a state: targets
    private final List<int[]> calls = new ArrayList<>(); // a state: rule, state to return to, and so on
    private final List<Integer> starts = new ArrayList<>(), ends = new ArrayList<>(); // of rules
    private final BitSet ended = new BitSet();

    /** Some texts: states from one on, to the one where such a text has ended. */
    interface Part {
        int emit(Grammar grammar, int from);
    }

    // ---- making ----

    /** A rule that is still to be defined, so that parts may call it before. */
    int rule() {
        starts.add(state());
        ends.add(state());
        ended.set(ends.get(ends.size() - 1));
        return starts.size() - 1;
    }

    void define(int rule, Part body) { join(body.emit(this, starts.get(rule)), ends.get(rule)); }

    int state() {
        bytes.add(NONE);
        free.add(NONE);
        calls.add(NONE);
        return bytes.size() - 1;
    }

    /** Goes on from one state to another without taking anything. */
    void join(int from, int to) { add(free, from, to); }

    private static void add(List<int[]> edges, int from, int... more) {
        int[] known = edges.get(from), all = Arrays.copyOf(known, known.length + more.length);
        System.arraycopy(more, 0, all, known.length, more.length);
        edges.set(from, all);
    }

    static Part call(int rule) {
        return (grammar, from) -> {
            int to = grammar.state();
            add(grammar.calls, from, rule, to);
            return to;
        };
    }

    static Part literal(String text) {
        return (grammar, from) -> {
            int at = from;
            for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
                int to = grammar.state();
                add(grammar.bytes, at, one & 0xFF, one & 0xFF, to);
                at = to;
            }
            return at;
        };
    }

    static Part sequence(Part... parts) { return sequence(List.of(parts)); }

    static Part sequence(List<Part> parts) {
        return (grammar, from) -> {
            int at = from;
            for (Part part : parts) {
                at = part.emit(grammar, at);
            }
            return at;
        };
    }

    static Part either(Part... parts) { return either(List.of(parts)); }

    static Part either(List<Part> parts) {
        return (grammar, from) -> {
            int end = grammar.state();
            for (Part part : parts) {
                int start = grammar.state();
                grammar.join(from, start);
                grammar.join(part.emit(grammar, start), end);
            }
            return end;
        };
    }

    /** @param most -1 for any number */
    static Part repeated(Part part, int least, int most) {
        return (grammar, from) -> {
            int at = from;
            for (int i = 0; i < least; i++) {
                at = part.emit(grammar, at);
            }
            int end = grammar.state();
            if (most < 0) {
                int loop = grammar.state();
                grammar.join(at, loop);
                grammar.join(part.emit(grammar, loop), loop);
                grammar.join(loop, end);
                return end;
            }
            for (int i = least; i < most; i++) {
                grammar.join(at, end);
                at = part.emit(grammar, at);
            }
            grammar.join(at, end);
            return end;
        };
    }

    static Part maybe(Part part) { return repeated(part, 0, 1); }

    /** One character of some ranges. @param ranges lowest, highest, and so on: code points */
    static Part characters(int... ranges) {
        return (grammar, from) -> {
            int end = grammar.state();
            for (int i = 0; i < ranges.length; i += 2) {
                grammar.range(from, end, ranges[i], Math.min(ranges[i + 1], LAST));
            }
            return end;
        };
    }

    /** Cut where the number of bytes changes, without the halves of surrogate pairs, which are no characters. */
    private void range(int from, int end, int low, int high) {
        int[] cuts = {0x7F, 0x7FF, 0xD7FF, 0xDFFF, 0xFFFF, LAST};
        int start = low;
        for (int cut : cuts) {
            int last = Math.min(high, cut);
            if (start <= last) {
                if (cut != 0xDFFF) {
                    sequences(from, end, utf8(start), utf8(last));
                }
                start = last + 1;
            }
        }
    }

    private static byte[] utf8(int point) {
        return new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8);
    }

    /** Byte sequences of one length from one to another: where the first bytes differ, the middle takes any rest. */
    private void sequences(int from, int end, byte[] low, byte[] high) {
        int a = low[0] & 0xFF, b = high[0] & 0xFF;
        if (low.length == 1) {
            add(bytes, from, a, b, end);
            return;
        }
        byte[] lowRest = Arrays.copyOfRange(low, 1, low.length), highRest = Arrays.copyOfRange(high, 1, high.length);
        byte[] least = filled(lowRest.length, 0x80), most = filled(lowRest.length, 0xBF);
        if (a == b) {
            step(from, end, a, a, lowRest, highRest);
            return;
        }
        int first = a, last = b;
        if (!Arrays.equals(lowRest, least)) {
            step(from, end, a, a, lowRest, most);
            first++;
        }
        if (!Arrays.equals(highRest, most)) {
            step(from, end, b, b, least, highRest);
            last--;
        }
        if (first <= last) {
            step(from, end, first, last, least, most);
        }
    }

    private void step(int from, int end, int a, int b, byte[] low, byte[] high) {
        int next = state();
        add(bytes, from, a, b, next);
        sequences(next, end, low, high);
    }

    private static byte[] filled(int length, int value) {
        byte[] all = new byte[length];
        Arrays.fill(all, (byte) value);
        return all;
    }

    // ---- asking ----

    int[] bytes(int state) { return bytes.get(state); }

    int[] joined(int state) { return free.get(state); }

    int[] calls(int state) { return calls.get(state); }

    int start(int rule) { return starts.get(rule); }

    /** Whether a rule's text has ended in this state. */
    boolean isEnd(int state) { return ended.get(state); }
}
