package io.weft.prompt;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Conversation;
import io.weft.file.AtomicFile;
import io.weft.file.JsonFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a search found.
 *
 * @param text     of the best prompt; "" where the model does better without any that was tried
 * @param tokens   of the text
 * @param parts    what it is made of
 * @param bareLoss of the training rows that prompts were judged by, without a prompt; per token of an answer
 * @param loss     the same with the prompt
 * @param judged   how many rows these are
 * @param passes   forward passes of the search  @param tablePasses and those of the held-out table
 * @param seconds  that the model computed, over all starts of the search, without the table
 * @param table    held-out rows without the prompt, with it, and with random texts of as many tokens; null where no row
 *     is held out
 */
public record SearchResult(String text, int tokens, Parts parts, double bareLoss, double loss, int judged, int passes,
        int tablePasses, double seconds, PromptTable table) {
    /** Files of a search's folder. */
    public static final String PROMPT = "prompt.txt", RESULT = "search.json", LOG = "search.jsonl";

    /** @param examples the rows shown, in their order */
    public record Parts(String instruction, List<Conversation> examples, String words) {}

    /** Whether a prompt was found that is better than none. */
    public boolean isFound() { return !text.isEmpty(); }

    public double passesPerSecond() { return seconds > 0 ? passes / seconds : 0; }

    /** Writes search.json, and where there is one the prompt. @param settings by the names that a user knows */
    void write(Path folder, Map<String, String> settings) {
        ObjectNode root = JsonFile.JSON.createObjectNode().put("format", "weft.prompt").put("version", 1);
        root.set("settings", JsonFile.JSON.valueToTree(new TreeMap<>(settings)));
        root.put("text", text).put("tokens", tokens);
        ObjectNode made = root.putObject("parts").put("instruction", parts.instruction);
        ArrayNode examples = made.putArray("examples");
        parts.examples.forEach(row -> examples.addObject().put("place", row.place().toString())
                .put("text", PromptParts.example(row)));
        made.put("words", parts.words);
        root.putObject("trainingLoss").put("rows", judged).put("without", bareLoss).put("prompt", loss);
        root.put("passes", passes).put("tablePasses", tablePasses).put("seconds", Math.round(seconds * 10) / 10.0)
                .put("passesPerSecond", Math.round(passesPerSecond() * 10) / 10.0);
        if (table != null) {
            root.set("heldOut", JsonFile.JSON.valueToTree(table));
        }
        if (isFound()) {
            AtomicFile.write(folder.resolve(PROMPT), text + "\n");
        }
        AtomicFile.write(folder.resolve(RESULT), root.toPrettyString() + "\n");
    }
}
