package io.weft.rating;

import io.weft.file.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A held-out row and what each model answered to it.
 *
 * @param number  of the row, from 1 on
 * @param answers by the model's name, in the order of the models
 */
public record RatedRow(int number, String prompt, String expected, Map<String, String> answers) {
    private static final int KEY_LENGTH = 16;

    public RatedRow { answers = new LinkedHashMap<>(answers); }

    /** An answer that is to be judged. @param models that gave it, word for word */
    public record Given(String key, String text, List<String> models) {}

    /** What judgements name an answer by: it stands for prompt and answer, whatever model gave it in which run. */
    public String key(String answer) {
        MessageDigest digest = Sha256.digest();
        digest.update(prompt.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(answer.getBytes(StandardCharsets.UTF_8));
        return Sha256.hex(digest).substring(0, KEY_LENGTH);
    }

    /** The different answers, each once, in the order of the models. */
    public List<Given> given() {
        Map<String, List<String>> models = new LinkedHashMap<>();
        answers.forEach((model, answer) -> models.computeIfAbsent(answer, text -> new ArrayList<>()).add(model));
        List<Given> given = new ArrayList<>();
        models.forEach((text, names) -> given.add(new Given(key(text), text, List.copyOf(names))));
        return given;
    }

    /** Of these models alone. */
    RatedRow of(List<String> models) {
        Map<String, String> some = new LinkedHashMap<>();
        models.forEach(model -> some.put(model, answers.get(model)));
        return new RatedRow(number, prompt, expected, some);
    }
}
