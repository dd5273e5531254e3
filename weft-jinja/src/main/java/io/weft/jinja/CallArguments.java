package io.weft.jinja;

/** The arguments of one call of a {@link Builtin}, in the order of its parameters, read as the kind that is needed. */
record CallArguments(String name, Object[] values, Arguments written) {
    /** Stands for an optional argument that was not given; None is a value of its own. */
    static final Object LEFT_OUT = new Object();

    boolean has(int i) { return i < values.length && values[i] != LEFT_OUT; }

    Object value(int i) { return values[i]; }

    Object value(int i, Object otherwise) { return has(i) ? values[i] : otherwise; }

    boolean truth(int i) { return has(i) && Values.truth(values[i]); }

    /** A text argument; None counts as left out. */
    TracedText text(int i, TracedText otherwise) { return has(i) && values[i] != null ? text(i) : otherwise; }

    /** @throws TemplateException when it is not a text */
    TracedText text(int i) { return Values.text(values[i]); }

    /** A whole number argument; None counts as left out. */
    long integer(int i, long otherwise) { return has(i) && values[i] != null ? integer(i) : otherwise; }

    /** @throws TemplateException when it is not a whole number that fits a long */
    long integer(int i) { return Numbers.toLong(values[i]); }
}
