package io.weft.data.check;

import io.weft.data.Place;
import java.util.List;
import java.util.stream.Stream;

/**
 * What became of training and held-out rows in a model's tokens.
 *
 * @param context    the longest that the model reads, 0 where its folder does not say
 * @param maxLength  the longest that an example may be
 * @param rows       rows that were encoded
 * @param characters of all that the rows say
 * @param tokens     of the whole rows, before any cut
 * @param lengths    tokens of the whole row at 0, 1 ... 100 % of the rows
 * @param bins       the same as counts
 * @param counts     rows by what became of them
 * @param found      the first rows of each kind that something became of
 */
public record TokenFigures(int context, int maxLength, int rows, long characters, long tokens, int[] lengths,
        List<Lengths.Bin> bins, Counts counts, List<Found> found) {
    private static final int LAST = 100;

    /**
     * Rows.
     *
     * @param cut     shortened to maxLength  @param split texts that go on in further examples
     * @param dropped too long and left out  @param empty nothing of them is learned, although they are short enough
     * @param refused by the chat template  @param moved whose answer is encoded apart from its prompt, since one token
     *     would hold of both  @param joined whose answer loses its beginning to such a token
     */
    public record Counts(int cut, int split, int dropped, int empty, int refused, int moved, int joined) {
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);

        public Counts plus(Counts other) {
            return new Counts(cut + other.cut, split + other.split, dropped + other.dropped, empty + other.empty,
                    refused + other.refused, moved + other.moved, joined + other.joined);
        }
    }

    /** A row that something became of. @param kind a component of {@link Counts}  @param tokens of the whole row */
    public record Found(String kind, Place place, int tokens) {}

    /** With those of held-out rows: everything is counted, and the quantiles stay those of these rows. */
    public TokenFigures plus(TokenFigures other) {
        if (rows == 0 || other.rows == 0) {
            return rows == 0 ? other : this;
        }
        int[] both = lengths.clone();
        both[LAST] = Math.max(both[LAST], other.lengths[LAST]);
        return new TokenFigures(context, maxLength, rows + other.rows, characters + other.characters,
                tokens + other.tokens, both, Lengths.Bin.both(bins, other.bins), counts.plus(other.counts),
                Stream.concat(found.stream(), other.found.stream()).toList());
    }

    /** The rows of a kind. */
    public List<Example> examples(String... kinds) {
        return found.stream().filter(row -> List.of(kinds).contains(row.kind))
                .limit(Examples.MOST).map(row -> Example.of(row.place, Integer.toString(row.tokens))).toList();
    }

    /** The least number of tokens that {@code percent} of the rows do not exceed. */
    public int quantile(int percent) { return lengths.length == 0 ? 0 : lengths[percent]; }
}
