package io.weft.token.encode;

import io.weft.data.ExampleGroup;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * What became of the samples that were encoded.
 *
 * @param encoded       groups that came out, those cut and the parts of split texts included
 * @param cut           samples that were shortened to the longest length allowed
 * @param split         rows longer than that, laid out in several documents; nothing of them is lost
 * @param dropped       samples left out: too long and to be dropped, or with nothing of the answer left
 * @param setAside      samples left out since the chat template does not take them
 * @param tokens        tokens of the examples
 * @param trainedTokens of these, targets
 * @param longest       tokens of the longest document, before any cut
 * @param borders       where prompt and answer meet
 */
public record EncodeReport(int encoded, int cut, int split, int dropped, int setAside, long tokens, long trainedTokens,
        int longest, BorderCounts borders) {
    public static final EncodeReport NOTHING = new EncodeReport(0, 0, 0, 0, 0, 0, 0, 0, BorderCounts.NONE);

    /** With one more sample. @param groups what became of it  @param length of its longest document */
    EncodeReport plus(List<ExampleGroup> groups, int length, boolean isCut, boolean isSplit, BorderCounts its) {
        boolean isDropped = groups.isEmpty();
        // a document that is judged as a whole has one target, its label
        int trained = groups.stream().flatMap(group -> group.documents().stream())
                .mapToInt(document -> Math.max(1, document.trainedTokens())).sum();
        return plus(new EncodeReport(groups.size(), isCut && !isDropped ? 1 : 0, isSplit && !isDropped ? 1 : 0,
                isDropped ? 1 : 0, 0, groups.stream().mapToInt(ExampleGroup::length).sum(), trained, length,
                isDropped ? BorderCounts.NONE : its));
    }

    /** With one more sample that was set aside. */
    EncodeReport plusSetAside() { return plus(new EncodeReport(0, 0, 0, 0, 1, 0, 0, 0, BorderCounts.NONE)); }

    /** Of both together. */
    public EncodeReport plus(EncodeReport other) {
        return new EncodeReport(encoded + other.encoded, cut + other.cut, split + other.split,
                dropped + other.dropped, setAside + other.setAside, tokens + other.tokens,
                trainedTokens + other.trainedTokens, Math.max(longest, other.longest), borders.plus(other.borders));
    }

    /** One line for a reader. */
    @Override public String toString() {
        var line = new StringBuilder(say("%,d examples, %,d tokens (%,d trained), longest %,d; %,d cut, %,d dropped",
                encoded, tokens, trainedTokens, longest, cut, dropped));
        if (split > 0) {
            line.append(say("; %,d longer rows go on in further examples", split));
        }
        if (setAside > 0) {
            line.append(say("; %,d set aside: the chat template does not take them", setAside));
        }
        String told = borders.toString();
        return told.isEmpty() ? line.toString() : line + "; " + told;
    }
}
