package io.weft.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PretrainingTextTest {
    private static final List<String> DOCUMENTS =
            Stream.concat(PretrainingText.repetitions(BaseRecipe.SEED, BaseRecipe.REPETITIONS),
            PretrainingText.documents(BaseRecipe.SEED, BaseRecipe.DOCUMENTS))
            .toList();

    /** The embedded base was made from this text; what writes another makes another base. */
    @Test
    void theTextIsThatOfTheEmbeddedBase() throws NoSuchAlgorithmException {
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        DOCUMENTS.forEach(document -> hash.update((document + '\0').getBytes(StandardCharsets.UTF_8)));
        assertThat(HexFormat.of().formatHex(hash.digest()))
                .isEqualTo("d8b6a27d351d6b09b930590b8acc3b5336b141ad36a0e68e7ed221c530a0a3ef");
    }

    @Test
    void itHoldsNoRequestAndNoAnswer() {
        // every request and answer is longer; its first letters lead to it
        int probe = 14;
        Map<String, List<String>> byStart = new HashMap<>();
        for (var row : InstructionSet.rows(InstructionSet.SEED, InstructionSet.SIZE)) {
            for (String text : List.of(row.instruction() + row.input(), row.input(), row.output())) {
                if (text.length() >= probe) {
                    byStart.computeIfAbsent(text.substring(0, probe), start -> new ArrayList<>()).add(text);
                }
            }
        }
        for (String document : DOCUMENTS) {
            for (int at = 0; at + probe <= document.length(); at++) {
                for (String text : byStart.getOrDefault(document.substring(at, at + probe), List.of())) {
                    assertThat(document.startsWith(text, at)).as(text).isFalse();
                }
            }
        }
    }

    /**
     * Commands have capitals for values, dotted keys have none, and the marks before an input and an answer (no space
     * after the colon) do not occur: so no pair can stand in the text.
     */
    @Test
    void itShowsCommandsAndKeysWithoutValues() {
        var filled = Pattern.compile("\\./weft \\w+ (?!RUN|FILE|DIR|--model DIR)|(data|lora|train)\\.\\w+=|\\{train: "
                + "|\\{lora: |输[出入]:(?! )");
        assertThat(DOCUMENTS.stream().filter(document -> filled.matcher(document).find())).isEmpty();
    }

    @Test
    void theSameSeedWritesTheSameText() {
        assertThat(PretrainingText.documents(3, 200).toList()).isEqualTo(PretrainingText.documents(3, 200).toList());
        assertThat(PretrainingText.documents(4, 200).toList()).isNotEqualTo(PretrainingText.documents(3, 200).toList());
    }
}
