package io.weft.data;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A row as it stands in the user's file. @param number counted from 0 over all rows of the file, bad ones too */
public record Row(int number, Place place, ObjectNode fields) {}
