package io.weft.rating;

import io.weft.file.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What all raters are asked, in the same order, so that those who stop early have judged the same.
 *
 * @param same rows to which all models gave the same answer, word for word: which is better is not asked there
 */
public record RatingPlan(RatingSettings settings, List<Screen> screens, int rows, int same) {
    public RatingPlan { screens = List.copyOf(screens); }

    public static RatingPlan of(RatedRows rated, RatingSettings settings) {
        List<RatedRow> rows = rated.rows().stream()
                .sorted(Comparator.comparing((RatedRow row) -> drawn(row, settings.seed()))
                .thenComparing(RatedRow::number))
                .limit(settings.rows().orElse(Integer.MAX_VALUE)).toList();
        List<Screen> screens = new ArrayList<>();
        for (RatedRow row : rows) {
            add(screens, row, settings.question());
        }
        int same = (int) rows.stream().filter(row -> row.given().size() == 1 && row.answers().size() > 1).count();
        return new RatingPlan(settings, screens, rows.size(), same);
    }

    private static void add(List<Screen> screens, RatedRow row, RatingSettings.Question question) {
        List<RatedRow.Given> given = row.given();
        if (question == RatingSettings.Question.SCORES || given.size() == 1) {
            boolean scores = question != RatingSettings.Question.PREFERENCE;
            given.stream().filter(answer -> scores)
                    .forEach(answer -> screens.add(new Screen(row, List.of(answer), false, true)));
            return;
        }
        for (int i = 0; i < given.size(); i++) {
            for (int j = i + 1; j < given.size(); j++) {
                screens.add(new Screen(row, List.of(given.get(i), given.get(j)), true,
                        question == RatingSettings.Question.BOTH));
            }
        }
    }

    /** The first of these rows are drawn whatever their number: more rows begin with the same. */
    private static String drawn(RatedRow row, long seed) {
        MessageDigest digest = Sha256.digest();
        digest.update((seed + "\0" + row.number() + "\0" + row.prompt()).getBytes(StandardCharsets.UTF_8));
        return Sha256.hex(digest);
    }
}
