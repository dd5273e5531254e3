/**
 * A closed interpreter of the Jinja subset that chat templates use, with Python's semantics, so that what it renders is
 * what {@code transformers} renders, byte for byte. Read {@link io.weft.jinja.Template} (parse and render) and {@link
 * io.weft.jinja.TracedText} (a string that knows where its characters came from) first; a statement is a {@code
 * Statement}, an expression an {@code Expression}, and what they share while a template runs is a {@code Frame} and its
 * {@code Budget}.
 *
 * <p>Templates come from model folders, so they are hostile until shown otherwise. Values are only null, booleans,
 * integers, doubles, texts, lists, tuples, maps and functions that this package wrote; there is no reflection, no
 * include, no file and no clock but the given one. Each rendering has a budget of steps, nesting and output. Imports
 * only {@code io.weft.problem}.
 */
package io.weft.jinja;
