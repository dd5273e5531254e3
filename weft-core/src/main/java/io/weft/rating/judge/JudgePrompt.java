package io.weft.rating.judge;

import io.weft.data.Message;
import io.weft.rating.RatedRow;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a judge is asked, after MT-Bench's prompts (Zheng et al. 2023, arXiv:2306.05685), in the language of the rows.
 *
 * @param chinese   whether in Chinese  @param expected whether it sees what the row's author answered
 */
record JudgePrompt(boolean chinese, boolean expected) {
    /** A row of Chinese has far fewer letters than its English translation. */
    private static final double SHARE = 0.05;
    private static final Pattern HOLE = Pattern.compile("\\{(prompt|reference|a|b)}");
    /** Between what the system says and what the user does. */
    private static final String PARTS = "%%%\n";

    static JudgePrompt of(List<RatedRow> rows, boolean expected) {
        long letters = 0, ideographs = 0;
        for (RatedRow row : rows) {
            letters += row.prompt().codePoints().filter(Character::isLetter).count();
            ideographs += row.prompt().codePoints().filter(Character::isIdeographic).count();
        }
        return new JudgePrompt(ideographs >= Math.max(1, SHARE * letters), expected);
    }

    List<Message> pair(RatedRow row, String a, String b) {
        return filled("pair", row, Map.of("a", a, "b", b));
    }

    List<Message> single(RatedRow row, String a) { return filled("single", row, Map.of("a", a)); }

    private List<Message> filled(String name, RatedRow row, Map<String, String> answers) {
        String[] parts = read(name + (chinese ? ".zh.txt" : ".en.txt")).split(PARTS);
        // in one pass: a hole that stands in an answer stays what it is
        String asked = HOLE.matcher(parts[1]).replaceAll(hole -> Matcher.quoteReplacement(switch (hole.group(1)) {
            case "prompt" -> row.prompt();
            case "reference" -> reference(row);
            default -> answers.get(hole.group(1));
        }));
        return List.of(Message.system(parts[0].strip()), Message.user(asked.strip()));
    }

    private String reference(RatedRow row) {
        String tag = chinese ? "参考答案" : "a good answer";
        return expected && !row.expected().isBlank()
                ? "\n<" + tag + ">\n" + row.expected() + "\n</" + tag + ">\n" : "";
    }

    private static String read(String file) {
        try (InputStream in = JudgePrompt.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
