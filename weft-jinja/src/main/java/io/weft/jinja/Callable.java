package io.weft.jinja;

/** Whatever a template may call: a global function, a method bound to its value, a macro, a recursive loop. */
interface Callable {
    Object call(Budget budget, Arguments arguments);
}
