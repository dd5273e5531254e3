package io.weft.rating;

import io.weft.metric.agreement.KrippendorffAlpha;
import io.weft.metric.agreement.Scale;
import io.weft.metric.agreement.UnitBootstrap;
import io.weft.metric.agreement.WinRate;
import io.weft.metric.bootstrap.Bootstrap;
import io.weft.metric.bootstrap.Interval;
import io.weft.metric.bootstrap.RowStatistics;
import io.weft.rating.RatingResults.Agreement;
import io.weft.rating.RatingResults.Difference;
import io.weft.rating.RatingResults.ModelScore;
import io.weft.rating.RatingResults.Pair;
import io.weft.rating.RatingResults.RaterSummary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Counts the judgements of {@link RatedRows}. */
public final class RatingCount {
    private final RatedRows rows;
    private final List<Map<String, String>> keys;
    private final Map<Rater, RaterRecord> records = new LinkedHashMap<>();
    private final long seed;
    private final int elsewhere;

    private RatingCount(RatedRows rows, RatingFile file, long seed) {
        this.rows = rows;
        this.seed = seed;
        keys = rows.rows().stream().map(RatingCount::keys).toList();
        Set<String> here = new HashSet<>();
        keys.forEach(row -> here.addAll(row.values()));
        int others = 0;
        for (Rater rater : file.raters()) {
            List<Judgement> standing = file.standing(rater);
            int known = (int) standing.stream().filter(each -> each.verdict() instanceof Verdict.Score
                    ? here.contains(each.subject()) : here.containsAll(each.shown().answers())).count();
            others += standing.size() - known;
            if (known > 0) {
                records.put(rater, file.record(rater));
            }
        }
        elsewhere = others;
    }

    /** @param seed of the intervals */
    public static RatingResults of(RatedRows rows, RatingFile file, long seed) {
        return new RatingCount(rows, file, seed).results();
    }

    private static Map<String, String> keys(RatedRow row) {
        Map<String, String> keys = new LinkedHashMap<>();
        row.answers().forEach((model, answer) -> keys.put(model, row.key(answer)));
        return keys;
    }

    private RatingResults results() {
        List<ModelScore> scores = new ArrayList<>();
        List<Pair> pairs = new ArrayList<>();
        for (Rater.Kind kind : Rater.Kind.values()) {
            List<RaterRecord> raters = of(kind);
            for (int i = 0; i < rows.models().size() && !raters.isEmpty(); i++) {
                score(kind, raters, rows.models().get(i)).ifPresent(scores::add);
                for (int j = i + 1; j < rows.models().size(); j++) {
                    pair(kind, raters, rows.models().get(i), rows.models().get(j)).ifPresent(pairs::add);
                }
            }
        }
        return new RatingResults(rows.models(), rows.rows().size(), scores, pairs, agreements(),
                records.keySet().stream().map(this::summary).toList(), elsewhere);
    }

    private List<RaterRecord> of(Rater.Kind kind) {
        return records.entrySet().stream().filter(entry -> entry.getKey().kind() == kind).map(Map.Entry::getValue)
                .toList();
    }

    private Optional<ModelScore> score(Rater.Kind kind, List<RaterRecord> raters, String model) {
        List<double[]> given = keys.stream().map(row -> scores(raters, row.get(model)))
                .filter(values -> values.length > 0).toList();
        if (given.isEmpty()) {
            return Optional.empty();
        }
        List<Double> means = given.stream().map(RatingCount::mean).toList();
        return Optional.of(new ModelScore(kind, model, mean(means), meanInterval(means), given.size(),
                given.stream().mapToInt(values -> values.length).sum()));
    }

    private Optional<Pair> pair(Rater.Kind kind, List<RaterRecord> raters, String one, String other) {
        List<WinRate> votes = new ArrayList<>();
        List<Double> lower = new ArrayList<>(), upper = new ArrayList<>();
        int bothBad = 0;
        for (Map<String, String> row : keys) {
            String left = row.get(one), right = row.get(other);
            double[] before = scores(raters, left), after = scores(raters, right);
            if (before.length > 0 && after.length > 0) {
                lower.add(mean(before));
                upper.add(mean(after));
            }
            WinRate of = WinRate.NONE;
            for (RaterRecord rater : raters) {
                Optional<Preference> said = preference(rater, left, right);
                of = of.plus(said.map(RatingCount::vote).orElse(WinRate.NONE));
                bothBad += said.filter(Preference.BOTH_BAD::equals).isPresent() ? 1 : 0;
            }
            if (of.votes() > 0) {
                votes.add(of);
            }
        }
        Optional<Difference> difference = lower.isEmpty() ? Optional.empty()
                : Optional.of(new Difference(mean(upper) - mean(lower), lower.size(), Bootstrap.of(List.of(
                RowStatistics.mean(array(lower)), RowStatistics.mean(array(upper))), seed).difference(0, 1)));
        int decided = (int) votes.stream().filter(of -> of.wins() != of.losses()).count();
        return votes.isEmpty() && difference.isEmpty() ? Optional.empty()
                : Optional.of(new Pair(kind, one, other, WinRate.sum(votes), bothBad, decided, rate(votes),
                difference));
    }

    private Optional<Interval> rate(List<WinRate> votes) {
        return Bootstrap.of(List.of(RowStatistics.ratio(
                votes.stream().mapToDouble(of -> of.wins() + of.ties() / 2.0).toArray(),
                votes.stream().mapToDouble(WinRate::votes).toArray())), seed).interval(0);
    }

    /** Of the right one of two. */
    private static WinRate vote(Preference said) {
        return said == Preference.RIGHT ? new WinRate(1, 0, 0) : said == Preference.LEFT ? new WinRate(0, 0, 1)
                : new WinRate(0, 1, 0);
    }

    private List<Agreement> agreements() {
        List<Rater> people = records.keySet().stream().filter(rater -> rater.kind() == Rater.Kind.HUMAN).toList();
        List<Agreement> agreements = new ArrayList<>();
        add(agreements, people);
        records.keySet().stream().filter(rater -> rater.kind() == Rater.Kind.MODEL).forEach(judge -> {
            List<Rater> all = new ArrayList<>(people);
            all.add(judge);
            add(agreements, all);
        });
        return agreements;
    }

    private void add(List<Agreement> agreements, List<Rater> raters) {
        if (raters.size() < 2) {
            return;
        }
        List<RaterRecord> some = raters.stream().map(records::get).toList();
        Map<String, double[]> scores = new LinkedHashMap<>(), votes = new LinkedHashMap<>();
        for (Map<String, String> row : keys) {
            List<String> answers = row.values().stream().distinct().toList();
            for (int i = 0; i < answers.size(); i++) {
                String one = answers.get(i);
                scores.computeIfAbsent(one, key -> scores(some, key));
                for (int j = i + 1; j < answers.size(); j++) {
                    String other = answers.get(j);
                    votes.computeIfAbsent(Shown.pair(one, other), key -> some.stream()
                            .flatMap(rater -> preference(rater, one, other).stream()).mapToDouble(Enum::ordinal)
                            .toArray());
                }
            }
        }
        agreement(raters, scores.values(), true).ifPresent(agreements::add);
        agreement(raters, votes.values(), false).ifPresent(agreements::add);
    }

    private Optional<Agreement> agreement(List<Rater> raters, Collection<double[]> all, boolean ofScores) {
        List<double[]> units = all.stream().filter(unit -> unit.length > 1).toList();
        Scale scale = ofScores ? Scale.ORDINAL : Scale.NOMINAL;
        return units.isEmpty() ? Optional.empty() : Optional.of(new Agreement(raters, ofScores,
                KrippendorffAlpha.of(units, scale),
                UnitBootstrap.interval(units, drawn -> KrippendorffAlpha.of(drawn, scale).value(), seed)));
    }

    private RaterSummary summary(Rater rater) {
        RaterRecord record = records.get(rater);
        Map<String, Double> means = new LinkedHashMap<>();
        for (String model : rows.models()) {
            List<Double> given = keys.stream().flatMap(row -> score(record, row.get(model)).stream()).toList();
            if (!given.isEmpty()) {
                means.put(model, mean(given));
            }
        }
        List<Verdict.Vote> votes = record.standing().stream().map(Judgement::verdict)
                .filter(Verdict.Vote.class::isInstance).map(Verdict.Vote.class::cast).toList();
        List<Preference> said = votes.stream().flatMap(vote -> vote.passes().isEmpty() ? vote.preference().stream()
                : vote.passes().stream()).toList();
        List<Verdict.Vote> twice = votes.stream().filter(vote -> vote.passes().size() == 2).toList();
        int turned = count(twice, vote -> vote.passes().get(0) == vote.passes().get(1).swapped() ? 0 : 1);
        return new RaterSummary(rater, record.standing().size() - votes.size(), means, votes.size(),
                count(said, each -> each == Preference.LEFT ? 1 : 0),
                count(said, each -> each == Preference.RIGHT ? 1 : 0), turned, twice.size());
    }

    private static <T> int count(List<T> all, ToDoubleFunction<T> each) {
        return (int) all.stream().mapToDouble(each).sum();
    }

    /** What the rater said of two answers, the one taken as the left. */
    private static Optional<Preference> preference(RaterRecord rater, String left, String right) {
        return left.equals(right) ? Optional.empty() : rater.about(Shown.pair(left, right)).flatMap(judgement ->
                ((Verdict.Vote) judgement.verdict()).preference().map(said ->
                judgement.shown().answers().get(0).equals(left) ? said : said.swapped()));
    }

    private static Optional<Double> score(RaterRecord rater, String key) {
        return rater.about(key).map(judgement -> ((Verdict.Score) judgement.verdict()).value().orElseThrow());
    }

    private static double[] scores(List<RaterRecord> raters, String key) {
        return raters.stream().flatMap(rater -> score(rater, key).stream()).mapToDouble(value -> value).toArray();
    }

    private Optional<Interval> meanInterval(List<Double> values) {
        return Bootstrap.of(List.of(RowStatistics.mean(array(values))), seed).interval(0);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double mean(List<Double> values) { return mean(array(values)); }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(value -> value).toArray();
    }
}
