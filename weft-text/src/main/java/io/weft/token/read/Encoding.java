package io.weft.token.read;

/**
 * Token ids of a text and where each begins and ends in it, in UTF-16 units of the text as it was given. Several tokens
 * of one character share its span.
 */
public record Encoding(int[] ids, int[] starts, int[] ends) {}
