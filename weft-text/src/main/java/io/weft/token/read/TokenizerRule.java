package io.weft.token.read;

import java.nio.file.Path;
import java.util.List;

/**
 * What a family's own tokenizer code does beside its SentencePiece model: tokens that follow the pieces and are no
 * text, and which of them stand before a text or end an answer.
 */
public interface TokenizerRule {
    /** Whether a folder's tokenizer is this family's. */
    boolean isFor(Path folder);

    /** Tokens whose ids follow the pieces, in their order. They come from whoever builds the input, never from text. */
    List<String> commands();

    /** The commands before every text. */
    List<String> prefix();

    /** What a model writes when its turn is over, beside the end token. */
    List<String> turnEnds();

    /** Whether batches are filled up with the unknown token. */
    default boolean padsWithUnknown() { return false; }

    /** How a command is spelt in the vocabulary, where a piece may look like it. */
    default String spelling(String command, boolean isPiece) { return command; }
}
