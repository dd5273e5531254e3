package io.weft.generate;

import java.util.OptionalInt;

/**
 * What a model answered.
 *
 * @param ids       without the end token; where a text ends answers it is among them, and
 *     {@link io.weft.token.encode.ConversationEncoder#answer} leaves it out
 * @param generated tokens that the model made, the end token among them
 * @param end       the end token; none where the answer ended otherwise
 */
public record Answer(int[] ids, int generated, Finish finish, OptionalInt end) {
    /** Why an answer ended. */
    public enum Finish {
        /** With an end token, or with a text that ends answers. */
        STOP("stop"),
        /** At {@link Sampling#maxNewTokens} or at the model's context length. */
        LENGTH("length"),
        /** Nobody wanted to know more, see {@link TokenListener#wanted}. */
        CANCELLED("cancelled");

        private final String word;

        Finish(String word) { this.word = word; }

        /** As OpenAI's API spells it. */
        public String word() { return word; }
    }
}
