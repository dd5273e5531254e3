package io.weft.nn;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which of the adapters that are attached to a model work in a pass: none, one for every document, or one for each
 * document.
 */
public final class Adapters {
    /** The adapter of whoever names none. */
    public static final String DEFAULT_NAME = "default";
    /** None: the model as it was before anything was attached. */
    public static final Adapters NONE = new Adapters(Optional.empty(), List.of());
    public static final Adapters DEFAULT = named(DEFAULT_NAME);
    private static final ThreadLocal<String> ATTACHED_AS = ThreadLocal.withInitial(() -> DEFAULT_NAME);
    private final Optional<String> all;
    private final List<Optional<String>> each;

    private Adapters(Optional<String> all, List<Optional<String>> each) {
        this.all = all;
        this.each = each;
    }

    /** One for every document. */
    public static Adapters named(String adapter) { return new Adapters(Optional.of(adapter), List.of()); }

    /** One for each document, or none where it is empty. */
    public static Adapters each(List<Optional<String>> adapters) {
        Optional<String> first = adapters.isEmpty() ? Optional.empty() : adapters.get(0);
        return Collections.frequency(adapters, first) == adapters.size() ? new Adapters(first, List.of())
                : new Adapters(Optional.empty(), List.copyOf(adapters));
    }

    /**
     * Runs the body; what tuning methods attach in it to a model, and what of it they ask for, is that of an adapter of
     * this name, on this thread. Outside of any it is the default one's.
     */
    public static <T> T attachedAs(String name, Supplier<T> body) {
        String before = ATTACHED_AS.get();
        ATTACHED_AS.set(name);
        try {
            return body.get();
        } finally {
            ATTACHED_AS.set(before);
        }
    }

    /** See {@link #attachedAs}. */
    static String attachedNow() { return ATTACHED_AS.get(); }

    /** Whether documents differ in their adapter. */
    public boolean differ() { return !each.isEmpty(); }

    /** True when no document has one. */
    public boolean isNone() { return each.isEmpty() && all.isEmpty(); }

    /** That of a document, counted from 0. */
    public Optional<String> of(int document) { return each.isEmpty() ? all : each.get(document); }

    /** @throws IllegalArgumentException when adapters are named for another number of documents */
    void requireFor(int documents) {
        if (differ() && each.size() != documents) {
            throw new IllegalArgumentException(each.size() + " adapters for " + documents + " documents");
        }
    }
}
