package io.weft.token.form;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.problem.UserError;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * What texts are to be, for one vocabulary: a {@link Grammar} whose states are joined into sets as they are met, and
 * for each set the tokens that may follow (Willard and Louf 2023, arXiv:2307.09702), found once. Nesting has no bound:
 * a set knows where each of its calls returns to. May be used from several threads.
 */
public final class Form {
    private static final int DEEPEST = 400, MOST_MASKS = 1000;
    private final Grammar grammar;
    private final TokenTrie trie;
    private final Map<Key, State> states = new HashMap<>();
    private final Map<Return, Return> returns = new HashMap<>();
    private State start;
    private int masks;

    private Form(Grammar grammar, TokenTrie trie) {
        this.grammar = grammar;
        this.trie = trie;
        Set<Place> first = new HashSet<>();
        first.add(new Place(grammar.start(0), null));
        start = state(first);
    }

    /** Any JSON object. */
    public static Form json(TokenTrie trie) { return new Form(SchemaReader.object(), trie); }

    /** JSON that holds to a schema. @throws UserError naming every keyword that cannot be held to */
    public static Form schema(JsonNode schema, TokenTrie trie) { return new Form(SchemaReader.read(schema), trie); }

    /** A text that a regular expression matches whole. @throws UserError when it cannot be held to, saying why */
    public static Form pattern(String expression, TokenTrie trie) {
        Grammar grammar = new Grammar();
        int rule = grammar.rule();
        grammar.define(rule, ExpressionReader.whole(expression, Grammar::characters));
        return new Form(grammar, trie);
    }

    /** One text, from its beginning. */
    public Walk walk() { return new Walk(); }

    /** Where a call goes on, and where that one's caller does. Equal ones are one object. */
    private record Return(int state, Return below, int depth) {
        @Override public boolean equals(Object other) {
            return other instanceof Return && ((Return) other).state == state && ((Return) other).below == below;
        }

        @Override public int hashCode() { return 31 * state + System.identityHashCode(below); }
    }

    /** A state of the grammar, and where its rule returns to; null for that of the whole text. */
    private record Place(int state, Return to) {
        @Override public boolean equals(Object other) {
            return other instanceof Place && ((Place) other).state == state && ((Place) other).to == to;
        }

        @Override public int hashCode() { return 31 * state + System.identityHashCode(to); }
    }

    private record Key(Set<Place> places, boolean ends) {}

    /** Places that one text can have led to. */
    private static final class State {
        private final Place[] places; // that take a byte
        private final boolean ends;
        private final State[] after = new State[256];
        private final boolean[] known = new boolean[256];
        private long[] tokens;

        State(Place[] places, boolean ends) {
            this.places = places;
            this.ends = ends;
        }
    }

    /** With all that can be reached without taking a byte. */
    private State state(Set<Place> reached) {
        Set<Place> all = new HashSet<>(reached), taking = new HashSet<>();
        Deque<Place> open = new ArrayDeque<>(reached);
        boolean ends = false;
        while (!open.isEmpty()) {
            Place place = open.pop();
            if (grammar.bytes(place.state).length > 0) {
                taking.add(place);
            }
            for (int to : grammar.joined(place.state)) {
                reach(new Place(to, place.to), all, open);
            }
            int[] calls = grammar.calls(place.state);
            for (int i = 0; i < calls.length; i += 2) {
                Return back = new Return(calls[i + 1], place.to, place.to == null ? 1 : place.to.depth + 1);
                if (back.depth <= DEEPEST) { // deeper nesting is not begun
                    Return one = returns.computeIfAbsent(back, made -> made);
                    reach(new Place(grammar.start(calls[i]), one), all, open);
                } else if (all.size() > DEEPEST && taking.isEmpty()) {
                    throw UserError.of(say("the JSON schema refers to itself without anything between"));
                }
            }
            if (grammar.isEnd(place.state)) {
                if (place.to == null) {
                    ends = true;
                } else {
                    reach(new Place(place.to.state, place.to.below), all, open);
                }
            }
        }
        boolean end = ends;
        return taking.isEmpty() && !ends ? null : states.computeIfAbsent(new Key(taking, ends),
                key -> new State(taking.toArray(Place[]::new), end));
    }

    private static void reach(Place place, Set<Place> all, Deque<Place> open) {
        if (all.add(place)) {
            open.push(place);
        }
    }

    private State after(State state, int oneByte) {
        if (!state.known[oneByte]) {
            Set<Place> next = new HashSet<>();
            for (Place place : state.places) {
                int[] edges = grammar.bytes(place.state);
                for (int i = 0; i < edges.length; i += 3) {
                    if (edges[i] <= oneByte && oneByte <= edges[i + 1]) {
                        next.add(new Place(edges[i + 2], place.to));
                    }
                }
            }
            state.after[oneByte] = next.isEmpty() ? null : state(next);
            state.known[oneByte] = true;
        }
        return state.after[oneByte];
    }

    private long[] tokens(State state) {
        if (state.tokens == null) {
            if (masks++ == MOST_MASKS) { // a text of counted characters has as many states as it has characters
                states.values().forEach(each -> each.tokens = null);
                masks = 1;
            }
            state.tokens = trie.reachable(state, this::after);
        }
        return state.tokens;
    }

    /** One text as it grows, token by token. Belongs to one thread at a time. */
    public final class Walk {
        private State at = start;
        private boolean first = true;

        private Walk() {}

        /** Ids that may follow, as bits: id i is bit i % 64 of element i / 64. Not to be changed. */
        public long[] allowed() {
            synchronized (Form.this) {
                long[] found = tokens(at);
                return first && trie.dropsFirstSpace() ? withoutSpaces(found) : found;
            }
        }

        /** The first token's leading space is none of the text's. */
        private long[] withoutSpaces(long[] found) {
            long[] all = Arrays.copyOf(found, found.length);
            for (int id = 0; id < trie.tokens(); id++) {
                byte[] text = trie.text(id, true), whole = trie.text(id, false);
                if (text.length < whole.length) {
                    boolean fits = text.length > 0 && advanced(at, text) != null;
                    all[id >> 6] = fits ? all[id >> 6] | 1L << id : all[id >> 6] & ~(1L << id);
                }
            }
            return all;
        }

        /** Whether the text may end here. */
        public boolean mayEnd() { return at.ends; }

        /** Whether the text must end here: nothing can follow. */
        public boolean mustEnd() {
            return at.ends && at.places.length == 0;
        }

        /** Takes the next token. @throws IllegalArgumentException when it may not follow */
        public void take(int id) {
            synchronized (Form.this) {
                byte[] text = trie.text(id, first);
                State next = text.length == 0 ? null : advanced(at, text);
                if (next == null) {
                    throw new IllegalArgumentException("token " + id + " leads out of the form");
                }
                at = next;
                first = false;
            }
        }
    }

    private State advanced(State from, byte[] text) {
        State state = from;
        for (int i = 0; i < text.length && state != null; i++) {
            state = after(state, text[i] & 0xFF);
        }
        return state;
    }
}
