package io.weft.evaluate.sample;

import io.weft.data.Message;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A row that was judged.
 *
 * @param number   among the questions, from 1
 * @param messages that were asked, in their order
 * @param expected what the row's author answered  @param expectedReasoning what stands before it; "" when nothing does
 * @param answers  of each model, by its name, in the order of the table
 */
public record SampleRow(int number, List<Message> messages, String expected, String expectedReasoning,
        Map<String, SampleAnswer> answers) {
    public SampleRow {
        messages = List.copyOf(messages);
        answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    }

    /** What was asked as one text: each message with its role where there are several. */
    public String prompt() {
        return messages.size() == 1 ? messages.get(0).content() : messages.stream()
                .map(message -> message.role() + ": " + message.content()).collect(Collectors.joining("\n"));
    }
}
