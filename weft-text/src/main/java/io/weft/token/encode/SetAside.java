package io.weft.token.encode;

import io.weft.data.Place;

/** A row that the chat template does not take. @param why with the template's own sentence */
public record SetAside(Place place, String why) {
    /** One line for the user. */
    @Override public String toString() { return place + ": " + why; }
}
