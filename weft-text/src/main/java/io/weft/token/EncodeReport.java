package io.weft.token;

import static io.weft.problem.Language.say;

/**
 * What became of the conversations that were encoded.
 *
 * @param encoded       examples that came out, those cut included
 * @param cut           examples that were shortened to the longest length allowed
 * @param dropped       conversations left out: too long and to be dropped, or with nothing of the answer left
 * @param tokens        tokens of the examples
 * @param trainedTokens of these, targets
 * @param longest       tokens of the longest conversation, before any cut
 */
public record EncodeReport(int encoded, int cut, int dropped, long tokens, long trainedTokens, int longest) {
    public static final EncodeReport NOTHING = new EncodeReport(0, 0, 0, 0, 0, 0);

    /** One line for a reader. */
    @Override public String toString() {
        return say("%,d examples, %,d tokens (%,d trained), longest %,d; %,d cut, %,d dropped",
                encoded, tokens, trainedTokens, longest, cut, dropped);
    }
}
