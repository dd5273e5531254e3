package io.weft.data.check;

import io.weft.data.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gathers {@link TokenFigures} row by row, in the order of the rows. */
public final class TokenTally {
    private final Lengths lengths = new Lengths();
    private final List<TokenFigures.Found> found = new ArrayList<>();
    private final Map<String, Integer> seen = new TreeMap<>();
    private TokenFigures.Counts counts = TokenFigures.Counts.NONE;
    private long characters;

    /** What one row became. @param tokens of its longest document, before any cut */
    public record Row(Sample sample, int tokens, TokenFigures.Counts counts) {
        private List<String> kinds() {
            List<String> kinds = new ArrayList<>();
            note(counts.cut(), "cut", kinds);
            note(counts.dropped(), "dropped", kinds);
            note(counts.empty(), "empty", kinds);
            note(counts.refused(), "refused", kinds);
            note(counts.joined(), "joined", kinds);
            return kinds;
        }

        private static void note(int rows, String kind, List<String> kinds) {
            if (rows > 0) {
                kinds.add(kind);
            }
        }
    }

    public void add(Row row) {
        counts = counts.plus(row.counts);
        CheckedRow told = CheckedRow.of(0, false, row.sample);
        characters += told.prompt() + told.answer();
        lengths.add(row.tokens);
        for (String kind : row.kinds()) {
            if (seen.merge(kind, 1, Integer::sum) <= Examples.MOST) {
                found.add(new TokenFigures.Found(kind, row.sample.place(), row.tokens));
            }
        }
    }

    /** @param context the longest that the model reads, 0 where nobody knows  @param maxLength of an example */
    public TokenFigures figures(int context, int maxLength) {
        return new TokenFigures(context, maxLength, lengths.count(), characters, lengths.total(),
                lengths.percentiles(), lengths.bins(), counts, List.copyOf(found));
    }
}
