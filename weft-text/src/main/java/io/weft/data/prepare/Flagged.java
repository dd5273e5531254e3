package io.weft.data.prepare;

import io.weft.data.Place;

/** A row that is used and odd. */
record Flagged(Place place, String flag) {}
