package io.weft.generate;

/** What a model answered. @param ids without the end token */
public record Answer(int[] ids, Finish finish) {
    /** Why an answer ended. */
    public enum Finish {
        /** With an end token. */
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

    /** Tokens that the model made, the end token among them. */
    public int generated() { return ids.length + (finish == Finish.STOP ? 1 : 0); }
}
