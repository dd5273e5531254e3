package io.weft.rating;

import io.weft.file.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a rater sees at once: what was asked, and one answer or two.
 *
 * @param compares whether it asks which of the two is better  @param scores whether it asks how good each is
 */
public record Screen(RatedRow row, List<RatedRow.Given> answers, boolean compares, boolean scores) {
    public Screen { answers = List.copyOf(answers); }

    /**
     * As a rater sees it. Which of the two stands left is drawn by seed, rater and answers, so a rater who comes back
     * sees the same, and another sees it half of the time the other way round.
     */
    public Shown shownTo(Rater rater, long seed) {
        Shown shown = new Shown(row.number(), answers.stream().map(RatedRow.Given::models).toList(),
                answers.stream().map(RatedRow.Given::key).toList());
        String drawn = seed + "\0" + rater.name() + "\0" + shown.answers().stream().sorted()
                .collect(Collectors.joining(" "));
        boolean firstLeft = first(drawn) < Byte.MAX_VALUE / 2 + 1;
        // by the keys, so that the order in which the models were named changes nothing
        boolean firstIsLower = answers.size() == 1 || shown.answers().get(0).compareTo(shown.answers().get(1)) < 0;
        return firstLeft == firstIsLower || answers.size() == 1 ? shown : shown.swapped();
    }

    /** The text of an answer by its key. */
    public String text(String key) {
        return answers.stream().filter(answer -> answer.key().equals(key)).findFirst().orElseThrow().text();
    }

    /** A number from 0 to 127. */
    private static int first(String text) {
        MessageDigest digest = Sha256.digest();
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return digest.digest()[0] & Byte.MAX_VALUE;
    }
}
