package io.weft.token.chat;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A conversation as text, and where in it answers begin. Each of these places is where the prompt that asks for the
 * answer ends.
 *
 * @param segments in order
 * @param borders  places in the whole text, in UTF-16 units, rising; of a conversation to learn from the last one is
 *     that of the last answer
 * @param skipped  earlier answers that are not learned, since the template renders their prompt otherwise once the
 *     conversation goes on
 */
public record Dialogue(List<Segment> segments, int[] borders, int skipped) {
    public Dialogue { segments = List.copyOf(segments); }

    static String text(List<Segment> segments) {
        return segments.stream().map(Segment::text).collect(Collectors.joining());
    }
}
