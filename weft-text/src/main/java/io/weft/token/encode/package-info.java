/**
 * From rows to ids: which ids stand before an answer, where it begins and what of it is learned, alike for training,
 * evaluation and serving. Read {@link io.weft.token.encode.ConversationEncoder} and
 * {@link io.weft.token.encode.BorderEncoder} first. May import {@code token.answer}.
 */
package io.weft.token.encode;
