package io.weft.data.personal;

import io.weft.data.personal.PersonalData.Found;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class PersonalDataTest {
    private static final Pattern MARKED = Pattern.compile("\\[\\[(\\w+):(.*?)]]");

    /** A text of the labelled set. @param wanted "kind: what" of each thing in it, sorted */
    private record Labelled(String language, String text, TreeSet<String> wanted) {}

    /** How many were found that should be, that should not, and how many were missed. */
    private static final class Score {
        private int right, wrong, missed;

        double precision() { return right + wrong == 0 ? 1 : (double) right / (right + wrong); }

        double recall() { return right + missed == 0 ? 1 : (double) right / (right + missed); }

        @Override public String toString() {
            return String.format(Locale.ROOT, "%4d %5d %6d   %.3f   %.3f", right, wrong, missed, precision(), recall());
        }
    }

    private static List<Labelled> labelled() throws IOException {
        List<Labelled> rows = new ArrayList<>();
        try (InputStream in = PersonalDataTest.class.getResourceAsStream("/personal/labelled.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.startsWith("#")) {
                    continue;
                }
                String marked = line.substring(3).replace("¦", "");
                TreeSet<String> wanted = new TreeSet<>();
                for (Matcher matcher = MARKED.matcher(marked); matcher.find();) {
                    wanted.add(matcher.group(1) + ": " + matcher.group(2));
                }
                rows.add(new Labelled(line.substring(0, 2), MARKED.matcher(marked).replaceAll("$2"), wanted));
            }
        }
        return rows;
    }

    private static TreeSet<String> found(String text) {
        TreeSet<String> found = new TreeSet<>();
        for (Found one : PersonalData.all().in(text)) {
            found.add(one.kind().word() + ": " + text.substring(one.start(), one.end()));
        }
        return found;
    }

    @Test void findsWhatPeopleMarkedAndLittleElse() throws IOException {
        Map<String, Score> scores = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        for (Labelled row : labelled()) {
            TreeSet<String> found = found(row.text()), all = new TreeSet<>(row.wanted());
            all.addAll(found);
            for (String one : all) {
                boolean wanted = row.wanted().contains(one), is = found.contains(one);
                for (String name : List.of(one.replaceFirst(":.*", ""), "all, " + row.language(), "all")) {
                    Score score = scores.computeIfAbsent(name, key -> new Score());
                    score.right += wanted && is ? 1 : 0;
                    score.wrong += wanted ? 0 : 1;
                    score.missed += is ? 0 : 1;
                }
                if (!wanted || !is) {
                    faults.add((wanted ? "missed " : "wrong  ") + one + "   in: " + row.text());
                }
            }
        }
        System.out.println("             right wrong missed precision recall");
        scores.forEach((name, score) -> System.out.printf("%-12s %s%n", name, score));
        faults.forEach(System.out::println);
        assertThat(scores).allSatisfy((name, score) -> {
            assertThat(score.precision()).as("precision of " + name).isGreaterThanOrEqualTo(0.95);
            assertThat(score.recall()).as("recall of " + name).isGreaterThanOrEqualTo(0.95);
        });
        Score all = scores.get("all");
        assertThat(List.of(all.right, all.wrong, all.missed)).as("right, wrong, missed").containsExactly(132, 1, 0);
    }

    @Test void masksWhatIsAskedForAndNothingElse() {
        String text = "电话13800138000,邮箱a@b.com。";
        assertThat(PersonalData.all().masked(text)).isEqualTo("电话<phone>,邮箱<email>。");
        assertThat(PersonalData.of(EnumSet.of(PersonalKind.EMAIL)).masked(text)).isEqualTo("电话13800138000,邮箱<email>。");
        assertThat(PersonalData.of(EnumSet.noneOf(PersonalKind.class)).masked(text)).isSameAs(text);
        assertThat(PersonalData.all().masked("nothing at all")).isEqualTo("nothing at all");
    }

    @Test void maskingTwiceIsMaskingOnce() throws IOException {
        for (Labelled row : labelled()) {
            String once = PersonalData.all().masked(row.text());
            assertThat(PersonalData.all().masked(once)).as(row.text()).isEqualTo(once);
        }
    }

    @Test void aNumberOfFullWidthIsANumber() {
        assertThat(PersonalData.all().masked("手机：１３８００１３８０００。")).isEqualTo("手机：<phone>。");
    }

    @Test void checkDigitsAreThoseOfTheStandards() {
        assertThat(IdNumberFinder.isResident("11010519491231002X")).isTrue(); // GB 11643-1999, annex
        assertThat(IdNumberFinder.isResident("440524188001010014")).isTrue();
        assertThat(IdNumberFinder.isResident("110105194912310021")).isFalse();
        assertThat(IdNumberFinder.isResident("11010519490231002X")).isFalse();
        assertThat(BankCardFinder.isLuhn("79927398713")).isTrue(); // Luhn's own example
        assertThat(BankCardFinder.isLuhn("79927398710")).isFalse();
        assertThat(BankCardFinder.isLuhn("0000000000000000")).isFalse();
    }

    @Test void aLongTextIsReadInGoodTime() {
        String digits = "1234 ".repeat(20_000), words = "a.".repeat(50_000) + "@", dashes = "-----BEGIN ".repeat(5_000);
        long start = System.nanoTime();
        for (String text : List.of(digits, words, dashes, "token: " + "x1".repeat(50_000))) {
            PersonalData.all().in(text);
        }
        assertThat((System.nanoTime() - start) / 1_000_000).as("ms").isLessThan(4_000);
    }
}
