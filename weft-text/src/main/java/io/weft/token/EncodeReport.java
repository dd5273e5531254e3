package io.weft.token;

import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * What became of the samples that were encoded.
 *
 * @param encoded       groups that came out, those cut and the parts of split texts included
 * @param cut           samples that were shortened to the longest length allowed
 * @param split         texts longer than that, laid out in several documents; nothing of them is lost
 * @param dropped       samples left out: too long and to be dropped, or with nothing of the answer left
 * @param tokens        tokens of the examples
 * @param trainedTokens of these, targets
 * @param longest       tokens of the longest document, before any cut
 */
public record EncodeReport(int encoded, int cut, int split, int dropped, long tokens, long trainedTokens,
        int longest) {
    public static final EncodeReport NOTHING = new EncodeReport(0, 0, 0, 0, 0, 0, 0);

    /** With one more sample. @param groups what became of it  @param length of its longest document */
    EncodeReport plus(List<ExampleGroup> groups, int length, boolean isCut, boolean isSplit) {
        boolean isDropped = groups.isEmpty();
        int trained = groups.stream().flatMap(group -> group.documents().stream()).mapToInt(Example::trainedTokens)
                .sum();
        return new EncodeReport(encoded + groups.size(), cut + (isCut && !isDropped ? 1 : 0),
                split + (isSplit && !isDropped ? 1 : 0), dropped + (isDropped ? 1 : 0),
                tokens + groups.stream().mapToInt(ExampleGroup::length).sum(), trainedTokens + trained,
                Math.max(longest, length));
    }

    /** Of both together. */
    public EncodeReport plus(EncodeReport other) {
        return new EncodeReport(encoded + other.encoded, cut + other.cut, split + other.split,
                dropped + other.dropped, tokens + other.tokens, trainedTokens + other.trainedTokens,
                Math.max(longest, other.longest));
    }

    /** One line for a reader. */
    @Override public String toString() {
        String line = say("%,d examples, %,d tokens (%,d trained), longest %,d; %,d cut, %,d dropped",
                encoded, tokens, trainedTokens, longest, cut, dropped);
        return split == 0 ? line : line + say("; %,d longer texts go on in further examples", split);
    }
}
