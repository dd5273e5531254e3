package io.weft.token.chat;

/**
 * A part of a rendered conversation. @param literal what somebody wrote (a message's content), in which the text of a
 * special token is ordinary text; the rest is the chat template's own. @param trained part of what the assistant said,
 * and so learned
 */
public record Segment(String text, boolean literal, boolean trained) {}
