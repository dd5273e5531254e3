package io.weft.jinja;

import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The variable {@code loop} inside a for: where the loop stands, and, in a recursive one, the function that descends.
 */
final class Loop implements Callable {
    private static final Set<String> ATTRIBUTES =
        Set.of("index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem", "depth",
        "depth0", "cycle", "changed");

    private final List<Object> elements;
    private final int depth;
    private final BiFunction<Object, Integer, TracedText> descend;
    private int index;
    private List<Object> lastSeen;

    /**
     * @param depth 0 for the outermost
     * @param descend what calling loop(elements) does at a depth, or null when the loop is not recursive
     */
    Loop(List<Object> elements, int depth, BiFunction<Object, Integer, TracedText> descend) {
        this.elements = elements;
        this.depth = depth;
        this.descend = descend;
    }

    void moveTo(int element) { index = element; }

    int length() { return elements.size(); }

    Set<String> attributes() { return ATTRIBUTES; }

    Object attribute(String name) {
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> (long) elements.size() - index;
            case "revindex0" -> elements.size() - index - 1L;
            case "first" -> index == 0;
            case "last" -> index == elements.size() - 1;
            case "length" -> (long) elements.size();
            case "previtem" -> index > 0 ? elements.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" -> index + 1 < elements.size() ? elements.get(index + 1)
                    : new Undefined("there is no next item");
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "cycle" -> (Callable) this::cycle;
            default -> (Callable) this::changed;
        };
    }

    private Object cycle(Budget budget, Arguments arguments) {
        arguments.first();
        return arguments.positional().get(index % arguments.positional().size());
    }

    private Object changed(Budget budget, Arguments arguments) {
        boolean changed = lastSeen == null || !Comparison.equal(budget, lastSeen, arguments.positional());
        lastSeen = arguments.positional();
        return changed;
    }

    @Override public Object call(Budget budget, Arguments arguments) {
        if (descend == null) {
            throw TemplateException.because("the loop must have the 'recursive' marker to be called recursively");
        }
        budget.enter();
        TracedText text = descend.apply(arguments.first(), depth + 1);
        budget.weigh(text);
        budget.leave();
        return text;
    }
}
