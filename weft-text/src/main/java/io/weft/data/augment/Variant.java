package io.weft.data.augment;

/** An instruction in other words. @param rule by which it was made, a word to count by */
public record Variant(String rule, String head) {}
