package io.weft.jinja;

/** Something with a value. */
interface Expression {
    Object value(Frame frame);

    /** A value that is the same in every frame. */
    static Expression constant(Object value) { return frame -> value; }
}
