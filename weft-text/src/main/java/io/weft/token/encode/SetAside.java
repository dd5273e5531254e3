package io.weft.token.encode;

import io.weft.data.Place;

/**
 * A row that the chat template does not take, or of which the model does not know a token.
 *
 * @param reason one word for files  @param why a sentence, with the template's own where it is the template
 */
public record SetAside(Place place, String reason, String why) {
    /** One line for the user. */
    @Override public String toString() { return place + ": " + why; }
}
