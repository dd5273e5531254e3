package io.weft.data.clean;

import io.weft.data.clean.NearRepeats.Near;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NearRepeatsTest {
    private static final int ROWS = 2_000, PLANTED = 200;

    /** Made-up words of a vocabulary, so that unrelated texts share some of them as real ones do. */
    private static List<String> english(Random random) {
        List<String> words = Stream.generate(() -> random.ints(2 + random.nextInt(6), 'a', 'z' + 1)
                .mapToObj(Character::toString).collect(Collectors.joining())).limit(3_000).toList();
        return Stream.generate(() -> random.ints(60, 0, words.size()).mapToObj(words::get)
                .collect(Collectors.joining(" "))).limit(ROWS).toList();
    }

    private static List<String> chinese(Random random) {
        return Stream.generate(() -> random.ints(80, 0x4e00, 0x4e00 + 1_500).mapToObj(Character::toString)
                .collect(Collectors.joining())).limit(ROWS).toList();
    }

    /** Another character somewhere: of 60 words or 80 characters, far above 0.8 of the runs stay. */
    private static String changed(String text, Random random) {
        int at = random.nextInt(text.length() - 1);
        return text.substring(0, at) + (text.charAt(at) < 128 ? "é" : "龘") + text.substring(at + 1);
    }

    private static List<Near> among(List<String> texts, double similarity) {
        List<Near> found = new ArrayList<>();
        new NearRepeats(texts.size(), texts::get, similarity, 42).among(IntStream.range(0, texts.size()).toArray(),
                found::add);
        return found;
    }

    private static void findsPlanted(List<String> rows, Random random) {
        List<String> texts = new ArrayList<>(rows);
        for (int i = 0; i < PLANTED; i++) {
            texts.add(changed(rows.get(i * 7), random));
        }
        List<Near> found = among(texts, 0.8);

        assertThat(found).as("nothing but what was planted").allMatch(near -> near.row() >= ROWS
                && near.earlier() == (near.row() - ROWS) * 7 && near.similarity() >= 0.8 && near.similarity() < 1);
        assertThat(found.size()).isGreaterThanOrEqualTo((int) (0.98 * PLANTED));
    }

    @Test void findsEnglishRowsThatDifferByALetterAndNoOthers() {
        Random random = new Random(1);
        findsPlanted(english(random), random);
    }

    @Test void findsChineseRowsThatDifferByACharacterAndNoOthers() {
        Random random = new Random(2);
        findsPlanted(chinese(random), random);
    }

    @Test void callsTheSimilarityThatAPlainCountOfSharedRunsGives() {
        // runs of five: a-f of 6 letters has 2, a-g 3; two of three are shared
        assertThat(among(List.of("abcdef", "abcdefg"), 0.6)).containsExactly(new Near(1, 0, 2 / 3.0));
        assertThat(among(List.of("abcdef", "abcdefg"), 0.7)).isEmpty();
        assertThat(among(List.of("天地玄黄宇宙洪荒", "天地玄黄宇宙洪"), 0.8)).containsExactly(new Near(1, 0, 5 / 6.0));
    }

    @Test void caseWidthPunctuationAndLineBreaksAreNoDifference() {
        assertThat(among(List.of("Name three primary colours, please.", "name  three\nPrimary COLOURS please"), 1))
                .containsExactly(new Near(1, 0, 1));
        assertThat(among(List.of("你好,世界!今天天气ABC不错", "你好，世界！\n今天天气ＡＢＣ不错。"), 0.99))
                .hasSize(1).allMatch(near -> near.similarity() == 1);
    }

    @Test void anInstructionThatAllRowsShareMakesThemNoRepetitions() {
        Random random = new Random(3);
        String frame = "Judge whether the feeling of the following review is positive, negative or neutral, and "
                + "answer with one word, in lower case, without any explanation. The review: ";
        List<String> texts = new ArrayList<>();
        english(random).stream().limit(200).forEach(text -> texts.add(frame + text.substring(0, 40)));
        assertThat(among(texts, 0.7)).isEmpty();

        texts.add(texts.get(50) + ".");
        assertThat(among(texts, 0.7)).containsExactly(new Near(200, 50, 1));
    }

    @Test void aRowIsComparedWithThoseThatWouldStay() {
        String text = english(new Random(4)).get(0);
        String once = text.substring(20), twice = once.substring(20), thrice = twice.substring(20);
        List<Near> found = among(List.of(text, once, twice, thrice), 0.9);

        assertThat(found.get(0)).matches(near -> near.row() == 1 && near.earlier() == 0);
        // the third is near the second alone, which goes; so the third stays
        assertThat(found).noneMatch(near -> near.earlier() == 1).hasSize(2);
    }

    @Test void heldOutRowsAreComparedWithEveryTrainingRow() {
        List<String> texts = english(new Random(5)).subList(0, 300);
        List<String> all = new ArrayList<>(texts);
        all.add(texts.get(17) + " indeed");
        List<Near> found = new ArrayList<>();
        NearRepeats near = new NearRepeats(all.size(), all::get, 0.8, 42);
        near.among(IntStream.range(0, 300).toArray(), found::add);
        near.against(new int[] {300, 300}, found::add);

        assertThat(found).hasSize(2).allMatch(each -> each.row() == 300 && each.earlier() == 17);
    }

    @Test void rowsWithoutALetterAreNearNothing() {
        assertThat(among(List.of("", "!!", "!!", "…"), 0.5)).isEmpty();
    }

    @Test void theSamePairsWithOneThreadOrMany() throws Exception {
        Random random = new Random(6);
        List<String> texts = new ArrayList<>(english(random));
        IntStream.range(0, 500).forEach(i -> texts.add(changed(texts.get(i * 3), random)));
        List<Near> one = new ForkJoinPool(1).submit(() -> among(texts, 0.7)).get();

        assertThat(new ForkJoinPool(4).submit(() -> among(texts, 0.7)).get()).isEqualTo(one).hasSize(500);
    }

    @Test void refusesASimilarityThatNothingOrEverythingHas() {
        assertThatThrownBy(() -> among(List.of("a"), 0.3)).isInstanceOf(IllegalArgumentException.class);
    }
}
