/**
 * How models write calls of tools into an answer, and how these are told apart from its words. Read
 * {@link io.weft.token.tool.CallFormat} and {@link io.weft.token.tool.CallReader} first. May import {@code
 * token.chat}.
 */
package io.weft.token.tool;
