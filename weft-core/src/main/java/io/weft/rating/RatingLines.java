package io.weft.rating;

import io.weft.metric.bootstrap.Interval;
import io.weft.metric.bootstrap.PairedDifference;
import io.weft.rating.RatingResults.Difference;
import io.weft.rating.RatingResults.ModelScore;
import io.weft.rating.RatingResults.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * {@link RatingResults} as lines of the table of an evaluation, below its measures: of two models what lies between
 * them, of several each beside the first.
 */
public final class RatingLines {
    private static final String NOTHING = "–";
    private final RatingResults results;
    private final List<String> models;

    private RatingLines(RatingResults results) {
        this.results = results;
        models = results.models();
    }

    /** @param cells as many as the table is wide  @param verdicts of each cell, "" where it holds none */
    public record Line(List<String> cells, List<String> verdicts) {}

    public static List<Line> of(RatingResults results) {
        RatingLines lines = new RatingLines(results);
        List<Line> all = new ArrayList<>();
        for (Rater.Kind kind : Rater.Kind.values()) {
            boolean people = kind == Rater.Kind.HUMAN;
            if (results.scores().stream().anyMatch(score -> score.kind() == kind)) {
                all.add(lines.scores(kind, people ? say("human score, 1 to 5") : say("judge's score, 1 to 5")));
            }
            if (results.pairs().stream().anyMatch(pair -> pair.kind() == kind && pair.votes().votes() > 0)) {
                all.add(lines.preferred(kind, people ? say("preferred by people %") : say("preferred by judges %")));
            }
        }
        return all;
    }

    private Line scores(Rater.Kind kind, String label) {
        List<String> cells = new ArrayList<>(List.of(label)), verdicts = new ArrayList<>(List.of(""));
        for (int i = 0; i < models.size(); i++) {
            add(cells, verdicts, score(kind, i), "");
            if (i > 0 && models.size() > 2) {
                String verdict = results.pair(kind, models.get(0), models.get(i)).flatMap(Pair::difference)
                        .map(Difference::verdict).orElse("");
                add(cells, verdicts, said(verdict), verdict);
            }
        }
        if (models.size() == 2) {
            Optional<Difference> found = results.pair(kind, models.get(0), models.get(1)).flatMap(Pair::difference);
            add(cells, verdicts, found.map(one -> number("%+.2f", one.value())).orElse(NOTHING), "");
            add(cells, verdicts, ends(found.flatMap(Difference::chance).map(PairedDifference::interval), "%+.2f"), "");
            add(cells, verdicts, NOTHING, "");
            String verdict = found.map(Difference::verdict).orElse("");
            add(cells, verdicts, said(verdict), verdict);
        }
        return new Line(cells, verdicts);
    }

    private String score(Rater.Kind kind, int model) {
        Optional<ModelScore> score = results.score(kind, models.get(model));
        return score.map(found -> number("%.2f", found.mean()) + found.interval().map(range ->
                number(" ±%.1f", (range.high() - range.low()) / 2)).orElse("")).orElse(NOTHING);
    }

    /** Of 100 votes, half of a tie to each: the one's and the other's; of several, against the first. */
    private Line preferred(Rater.Kind kind, String label) {
        List<String> cells = new ArrayList<>(List.of(label)), verdicts = new ArrayList<>(List.of(""));
        if (models.size() == 2) {
            Optional<Pair> pair = results.pair(kind, models.get(0), models.get(1));
            double rate = 100 * pair.orElseThrow().votes().rate().orElseThrow();
            add(cells, verdicts, number("%.1f", 100 - rate), "");
            add(cells, verdicts, number("%.1f", rate), "");
            add(cells, verdicts, number("%+.1f", 2 * rate - 100), "");
            add(cells, verdicts, ends(pair.get().interval().map(range -> new Interval(200 * range.low() - 100,
                    200 * range.high() - 100)), "%+.1f"), "");
            add(cells, verdicts, NOTHING, "");
            add(cells, verdicts, said(pair.get().verdict()), pair.get().verdict());
            return new Line(cells, verdicts);
        }
        for (int i = 0; i < models.size(); i++) {
            Optional<Pair> pair = i == 0 ? Optional.empty() : results.pair(kind, models.get(0), models.get(i))
                    .filter(found -> found.votes().votes() > 0);
            add(cells, verdicts, pair.map(found -> number("%.1f", 100 * found.votes().rate().orElseThrow()))
                    .orElse(NOTHING), "");
            if (i > 0) {
                String verdict = pair.map(Pair::verdict).orElse("");
                add(cells, verdicts, said(verdict), verdict);
            }
        }
        return new Line(cells, verdicts);
    }

    private static void add(List<String> cells, List<String> verdicts, String cell, String verdict) {
        cells.add(cell);
        verdicts.add(verdict);
    }

    private static String said(String verdict) {
        return switch (verdict) {
            case "better" -> say("better");
            case "worse" -> say("worse");
            case "notShown" -> say("not shown");
            default -> "";
        };
    }

    private static String ends(Optional<Interval> interval, String digits) {
        return interval.map(range -> "[" + number(digits, range.low()) + ", " + number(digits, range.high()) + "]")
                .orElse("");
    }

    private static String number(String format, double value) { return String.format(Locale.ROOT, format, value); }
}
