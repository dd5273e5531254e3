package io.weft.prompt;

import io.weft.data.Conversation;
import io.weft.data.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A prompt as its parts are found: an instruction, rows shown as examples, and words whose order means nothing to a
 * reader. Those that change most stand last, so that what stands before them is computed once for many tries.
 *
 * @param shown numbers of rows, in the order in which they are shown
 */
record PromptParts(String instruction, List<Integer> shown, String words) {
    static final PromptParts NONE = new PromptParts("", List.of(), "");

    PromptParts { shown = List.copyOf(shown); }

    PromptParts withInstruction(String other) { return new PromptParts(other, shown, words); }

    PromptParts withShown(List<Integer> rows) { return new PromptParts(instruction, rows, words); }

    PromptParts withWords(String other) { return new PromptParts(instruction, shown, other); }

    /** The text; "" for no prompt at all. @param rows those that can be shown */
    String text(List<Conversation> rows) {
        List<String> parts = new ArrayList<>();
        if (!instruction.isEmpty()) {
            parts.add(instruction);
        }
        shown.forEach(row -> parts.add(example(rows.get(row))));
        if (!words.isEmpty()) {
            parts.add(words);
        }
        return String.join("\n\n", parts);
    }

    /** A row as it is shown: what is asked, and on the next line the answer, each behind its name. */
    static String example(Conversation row) {
        List<Message> asked = row.asked();
        String question = asked.size() == 1 ? asked.get(0).content()
                : asked.stream().map(message -> message.role() + ": " + message.content())
                .collect(Collectors.joining("\n"));
        return "Input: " + question.strip() + "\nOutput: " + row.answer().strip();
    }
}
