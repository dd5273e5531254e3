package io.weft.jinja;

import java.util.List;

/**
 * What a template rendered.
 * @param text             the text, each character with its origin
 * @param generated        what {@code {% generation %}} blocks wrote: the assistant's words, in order
 * @param generatedIsWhole false when such a block stood where its place in the text is unknown (in a macro, a set or a
 *     filter block), so that spans are missing
 */
public record Rendering(TracedText text, List<Span> generated, boolean generatedIsWhole) {}
