package io.weft.jinja;

import java.util.HashMap;
import java.util.Map;

/**
 * The names that a statement sees: its own scope and, behind it, those around it. Assignments stay in the innermost
 * scope, which is why a template needs namespace() to carry a value out of a loop.
 */
final class Frame {
    private final Frame outer;
    private final Budget budget;
    private final Map<String, Object> names = new HashMap<>();

    private Frame(Frame outer, Budget budget) {
        this.outer = outer;
        this.budget = budget;
    }

    static Frame outermost(Budget budget) { return new Frame(null, budget); }

    Frame inner() { return new Frame(this, budget); }

    Budget budget() { return budget; }

    Object get(String name) {
        for (Frame frame = this; frame != null; frame = frame.outer) {
            Object value = frame.names.get(name);
            if (value != null || frame.names.containsKey(name)) {
                return value;
            }
        }
        return Undefined.name(name);
    }

    void set(String name, Object value) { names.put(name, value); }
}
