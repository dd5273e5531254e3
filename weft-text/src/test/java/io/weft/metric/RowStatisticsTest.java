package io.weft.metric;

import io.weft.metric.bootstrap.RowStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Sums of numbers of rows say what the texts say, for every choice of rows. */
class RowStatisticsTest {
    private static final List<String> WORDS = List.of("the", "cat", "reads", "a", "book", "today", "猫", "在", "读", "书");
    private static final List<String> LABELS = List.of("good", "bad", "neutral");
    private final Random random = new Random(1);
    private final List<String> given = texts(30), expected = texts(30);

    @Test void ofAnyChoiceOfRowsTheyComeToTheScoreOfItsTexts() {
        for (int trial = 0; trial < 20; trial++) {
            int[] choice = random.ints(30, 0, 30).toArray();
            List<String> some = chosen(given, choice), references = chosen(expected, choice);
            assertThat(of(Bleu.rows(given, expected, BleuTokens.ZH), choice))
                    .isEqualTo(Bleu.corpus(some, references, BleuTokens.ZH).score());
            assertThat(of(Chrf.rows(given, expected), choice)).isEqualTo(Chrf.corpus(some, references));
        }
    }

    @Test void labelsAreScoredAloneToo() {
        List<String> answers = random.ints(40, 0, 4).mapToObj(i -> i == 3 ? "hm" : LABELS.get(i)).toList(),
                wanted = random.ints(40, 0, 3).mapToObj(LABELS::get).toList();
        LabelSet labels = LabelSet.known(LABELS);
        for (int trial = 0; trial < 20; trial++) {
            int[] choice = random.ints(40, 0, 40).toArray();
            Classification whole = labels.score(chosen(answers, choice), chosen(wanted, choice));
            assertThat(of(labels.rows(answers, wanted, Classification::accuracy), choice)).isEqualTo(whole.accuracy());
            assertThat(of(labels.rows(answers, wanted, c -> c.macro().f1()), choice)).isEqualTo(whole.macro().f1());
            assertThat(of(labels.rows(answers, wanted, c -> c.weighted().recall()), choice))
                    .isEqualTo(whole.weighted().recall());
        }
    }

    private static double of(RowStatistics statistics, int[] choice) {
        double[][] rows = new double[choice.length][];
        for (int i = 0; i < choice.length; i++) {
            rows[i] = statistics.rows()[choice[i]];
        }
        return new RowStatistics(rows, statistics.score()).value();
    }

    private static List<String> chosen(List<String> texts, int[] choice) {
        List<String> chosen = new ArrayList<>();
        for (int row : choice) {
            chosen.add(texts.get(row));
        }
        return chosen;
    }

    private List<String> texts(int count) {
        return Stream.generate(() -> String.join(" ", random.ints(1 + random.nextInt(9), 0, WORDS.size())
                .mapToObj(WORDS::get).toList())).limit(count).toList();
    }
}
