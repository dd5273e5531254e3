package io.weft.rating;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import io.weft.metric.bootstrap.Interval;
import java.util.Optional;

/** {@link RatingResults} as JSON, with all digits. */
public final class RatingJson {
    private static final String FORMAT = "weft.ratingResults";
    private static final int VERSION = 1;

    private RatingJson() {}

    public static ObjectNode of(RatingResults results) {
        ObjectNode root = JsonFile.JSON.createObjectNode().put("format", FORMAT).put("version", VERSION)
                .put("rows", results.rows());
        results.models().forEach(root.putArray("models")::add);
        var scores = root.putArray("scores");
        results.scores().forEach(score -> put(scores.addObject().put("kind", score.kind().word())
                .put("model", score.model()).put("mean", score.mean()).put("answers", score.answers())
                .put("judgements", score.judgements()), score.interval()));
        var pairs = root.putArray("pairs");
        results.pairs().forEach(pair -> pair(pairs.addObject(), pair));
        var agreement = root.putArray("agreement");
        results.agreement().forEach(each -> {
            ObjectNode node = agreement.addObject().put("on", each.ofScores() ? "scores" : "preferences");
            each.raters().forEach(rater -> node.withArray("raters").add(rater.name()));
            each.alpha().value().ifPresentOrElse(value -> node.put("alpha", value), () -> node.putNull("alpha"));
            put(node.put("units", each.alpha().units()).put("values", each.alpha().values()), each.interval());
        });
        var raters = root.putArray("raters");
        results.raters().forEach(rater -> {
            ObjectNode node = raters.addObject().put("rater", rater.rater().name())
                    .put("kind", rater.rater().kind().word()).put("scored", rater.scored())
                    .put("votes", rater.votes()).put("left", rater.left()).put("right", rater.right());
            rater.means().forEach(node.putObject("means")::put);
            if (rater.twice() > 0) {
                node.put("askedTwice", rater.twice()).put("changedWithPosition", rater.turned());
            }
        });
        return root.put("judgementsOfOtherAnswers", results.elsewhere());
    }

    private static void pair(ObjectNode node, RatingResults.Pair pair) {
        node.put("kind", pair.kind().word()).put("one", pair.one()).put("other", pair.other())
                .put("wins", pair.votes().wins()).put("ties", pair.votes().ties()).put("bothBad", pair.bothBad())
                .put("losses", pair.votes().losses());
        pair.votes().rate().ifPresentOrElse(rate -> node.put("winRate", rate), () -> node.putNull("winRate"));
        put(node, pair.interval());
        node.put("verdict", pair.verdict());
        pair.difference().ifPresent(difference -> put(node.putObject("scoreDifference")
                .put("value", difference.value()).put("rows", difference.rows())
                .put("verdict", difference.verdict()), difference.interval()));
    }

    private static void put(ObjectNode into, Optional<Interval> interval) {
        interval.ifPresentOrElse(range -> into.putArray("interval95").add(range.low()).add(range.high()),
                () -> into.putNull("interval95"));
    }
}
