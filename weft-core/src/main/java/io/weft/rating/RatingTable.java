package io.weft.rating;

import io.weft.metric.agreement.WinRate;
import io.weft.metric.bootstrap.Interval;
import io.weft.rating.RatingResults.Agreement;
import io.weft.rating.RatingResults.ModelScore;
import io.weft.rating.RatingResults.Pair;
import io.weft.rating.RatingResults.RaterSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** {@link RatingResults} in words: cells of tables, and sentences, for the terminal and for pages alike. */
public final class RatingTable {
    /** Krippendorff 2004, pages 241 and 242: below the lower one values are not to be relied on. */
    private static final double TENTATIVE = 0.667, RELIABLE = 0.8;
    private final RatingResults results;

    public RatingTable(RatingResults results) { this.results = results; }

    /** A table: its heading, and lines of as many cells. */
    public record Table(List<String> heading, List<List<String>> lines) {}

    /** Mean scores, a line for each model; nothing where nobody gave any. */
    public Optional<Table> scores() {
        List<Rater.Kind> kinds = results.scores().stream().map(ModelScore::kind).distinct().toList();
        if (kinds.isEmpty()) {
            return Optional.empty();
        }
        List<String> heading = new ArrayList<>(List.of(say("score from 1 to 5")));
        kinds.forEach(kind -> heading.addAll(List.of(by(kind), say("interval (95 %)"), say("answers"))));
        List<List<String>> lines = new ArrayList<>();
        for (String model : results.models()) {
            List<String> cells = new ArrayList<>(List.of(name(model)));
            kinds.forEach(kind -> cells.addAll(results.score(kind, model).map(score -> List.of(
                    number("%.2f", score.mean()), interval(score.interval(), 1), number("%,d", score.answers())))
                    .orElse(List.of("–", "–", "0"))));
            lines.add(cells);
        }
        return Optional.of(new Table(heading, lines));
    }

    /** Which of two models is preferred, a line for each two and kind of rater. */
    public Optional<Table> preferences() {
        List<List<String>> lines = results.pairs().stream().filter(pair -> pair.votes().votes() > 0)
                .map(RatingTable::preference).toList();
        return lines.isEmpty() ? Optional.empty() : Optional.of(new Table(List.of(say("preferred"), say("by"),
                say("wins"), say("ties (both bad)"), say("losses"), say("win rate %"), say("interval (95 %)"), ""),
                lines));
    }

    private static List<String> preference(Pair pair) {
        WinRate votes = pair.votes();
        return List.of(say("%s over %s", name(pair.other()), name(pair.one())), by(pair.kind()),
                number("%,d", votes.wins()), number("%,d (%,d)", votes.ties(), pair.bothBad()),
                number("%,d", votes.losses()), number("%.1f", 100 * votes.rate().orElseThrow()),
                interval(pair.interval(), 100), verdict(pair.verdict(), pair.interval()));
    }

    /** How much higher the scores of one model are than another's on the same rows, a sentence each. */
    public List<String> differences() {
        return results.pairs().stream().filter(pair -> pair.difference().isPresent()).map(pair -> {
            RatingResults.Difference difference = pair.difference().get();
            return say("%s against %s, scores by %s: %+.2f %s on %,d rows: %s", name(pair.other()), name(pair.one()),
                    by(pair.kind()), difference.value(), interval(difference.interval(), 1), difference.rows(),
                    verdict(difference.verdict(), difference.interval()));
        }).toList();
    }

    private static String verdict(String verdict, Optional<Interval> interval) {
        return verdict.equals("better") ? say("better") : verdict.equals("worse") ? say("worse")
                : interval.isEmpty() ? say("too few rows to tell")
                : say("no difference that these judgements can show");
    }

    /** How far raters agree, a sentence each; or why that is not known. */
    public List<String> agreement() {
        List<String> lines = new ArrayList<>();
        results.agreement().forEach(agreement -> lines.add(sentence(agreement)));
        if (results.raters().size() == 1) {
            lines.add(say("agreement: one rater alone agrees with everybody; let somebody else judge the same rows"));
        } else if (lines.isEmpty() && !results.isEmpty()) {
            lines.add(say("agreement: no answer was judged by two raters yet"));
        }
        return lines;
    }

    private static String sentence(Agreement agreement) {
        String who = agreement.raters().stream().map(Rater::name).collect(Collectors.joining(", "));
        String what = agreement.ofScores() ? say("scores") : say("which is better");
        if (agreement.alpha().value().isEmpty()) {
            return say("agreement on %s (%s): all say the same of all, so alpha is not defined", what, who);
        }
        double alpha = agreement.alpha().value().getAsDouble();
        return say("agreement on %s (%s): Krippendorff's alpha %.3f %s over %,d judged by two or more: %s", what, who,
                alpha, interval(agreement.interval(), 1), agreement.alpha().units(), alpha >= RELIABLE ? say("reliable")
                : alpha >= TENTATIVE ? say("enough for tentative conclusions")
                : say("too little to rely on; agree on what makes an answer good, and rate again"));
    }

    /** A line for each rater. */
    public Table raters() {
        List<String> heading = new ArrayList<>(List.of(say("rater"), say("kind"), say("scores given"), say("votes"),
                say("left %")));
        results.models().forEach(model -> heading.add(say("mean of %s", name(model))));
        List<List<String>> lines = new ArrayList<>();
        for (RaterSummary rater : results.raters()) {
            List<String> cells = new ArrayList<>(List.of(rater.rater().name(), rater.rater().kind()
                    == Rater.Kind.HUMAN ? say("person") : say("model"), number("%,d", rater.scored()),
                    number("%,d", rater.votes()), rater.leftPercent().isPresent()
                    ? number("%.0f", rater.leftPercent().getAsDouble()) : "–"));
            results.models().forEach(model -> cells.add(rater.means().containsKey(model)
                    ? number("%.2f", rater.means().get(model)) : "–"));
            lines.add(cells);
        }
        return new Table(heading, lines);
    }

    /** What a reader should know besides, a sentence each. */
    public List<String> notices() {
        List<String> notices = new ArrayList<>();
        results.raters().stream().filter(rater -> rater.twice() > 0).forEach(rater -> notices.add(
                say("%s: position bias: asked twice with the answers in each other's place, it changed its verdict in "
                + "%,d of %,d pairs, which count as ties", rater.rater().name(), rater.turned(), rater.twice())));
        if (results.elsewhere() > 0) {
            notices.add(say("%,d judgements are of answers that are not among these: of an evaluation that was made "
                    + "anew since, or of a run that is not named; they stay in the file", results.elsewhere()));
        }
        return notices;
    }

    private static String by(Rater.Kind kind) { return kind == Rater.Kind.HUMAN ? say("people") : say("models"); }

    /** The two models of a run have words of their own. */
    private static String name(String model) {
        return model.equals("base") ? say("base") : model.equals("tuned") ? say("tuned") : model;
    }

    private static String interval(Optional<Interval> interval, int times) {
        return interval.map(range -> number(times == 1 ? "[%.2f, %.2f]" : "[%.1f, %.1f]", times * range.low(),
                times * range.high())).orElse("–");
    }

    private static String number(String format, Object... values) { return String.format(Locale.ROOT, format, values); }
}
