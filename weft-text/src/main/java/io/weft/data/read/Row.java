package io.weft.data.read;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Place;

/** A row as it stands in the user's file. @param number counted from 0 over all rows of the file, bad ones too */
public record Row(int number, Place place, ObjectNode fields) {
    /** Characters that a row may hold; a longer one is a mistake or an attack. */
    static final int LARGEST = 1 << 24;
}
