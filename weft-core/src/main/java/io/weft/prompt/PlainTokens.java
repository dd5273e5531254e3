package io.weft.prompt;

import io.weft.tensor.RandomStream;
import io.weft.token.Tokenizer;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Tokens that a text file can hold: no special or added ones, no parts of characters, no line breaks and other control
 * characters. Whether some of them in a row are a text that becomes the very same tokens again is asked where the text
 * is to stand, since what stands around it may join its ends.
 */
final class PlainTokens {
    private static final int TRIES = 2000;
    private final Tokenizer tokenizer;
    private final int[] ids;

    /** @param rows of the model's embedding, which may be fewer than the tokenizer's */
    PlainTokens(Tokenizer tokenizer, int rows) {
        this.tokenizer = tokenizer;
        ids = IntStream.range(0, Math.min(rows, tokenizer.size())).filter(this::isPlain).toArray();
    }

    private boolean isPlain(int id) {
        if (tokenizer.token(id).isEmpty() || tokenizer.isSpecial(id) || tokenizer.isAdded(id)
                || tokenizer.isByte(id)) {
            return false;
        }
        String text = tokenizer.decode(new int[] {id}, false);
        return !text.isBlank() && text.codePoints().noneMatch(c -> c == 0xFFFD || Character.isISOControl(c)
                || !Character.isDefined(c) || Character.getType(c) == Character.FORMAT
                || Character.getType(c) == Character.PRIVATE_USE);
    }

    /** Ascending. */
    int[] ids() { return ids.clone(); }

    String text(int[] tokens) { return tokenizer.decode(tokens, false); }

    /** Where words stand in what the first row asks, as the same tokens; -1 where they became others. */
    int place(Trials trials, PromptParts around, int[] words) {
        String text = text(words);
        if (!text.strip().equals(text) || text.isEmpty()) {
            return -1;   // a file, a form or another server may strip it
        }
        return indexOf(trials.encoder(trials.text(around.withWords(text)))
                .encodePrompt(trials.rows().judged().get(0).asked()), words);
    }

    static int indexOf(int[] ids, int[] part) {
        for (int i = 0; i + part.length <= ids.length; i++) {
            if (Arrays.equals(ids, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Random tokens whose text becomes these tokens again.
     *
     * @param survives whether tokens do where they stand
     * @return fewer than asked for where no token can follow
     */
    int[] random(int length, RandomStream draws, Predicate<int[]> survives) {
        int[] made = {};
        long drawn = 0;
        while (made.length < length) {
            int[] longer = null;
            for (int i = 0; i < TRIES && longer == null; i++) {
                int[] tried = Arrays.copyOf(made, made.length + 1);
                tried[made.length] = ids[(int) (draws.uniform(drawn++) * ids.length)];
                longer = survives.test(tried) ? tried : null;
            }
            if (longer == null) {
                return made;
            }
            made = longer;
        }
        return made;
    }
}
