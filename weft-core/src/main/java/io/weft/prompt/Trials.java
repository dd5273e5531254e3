package io.weft.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.encode.HardPrompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * What prompts are tried with: the loss of rows' answers behind each of several prompts, counted in forward passes and
 * remembered in the log. Knows the best prompt so far. Belongs to the thread of the model.
 */
final class Trials {
    static final String LOSSES = "losses", SWAPS = "swaps", PROPOSALS = "proposals";
    /** What a gradient of one row counts, in forward passes: its backward pass computes about twice as much. */
    static final int GRADIENT_PASSES = 3;
    private final SearchSettings settings;
    private final SearchRows rows;
    private final ConversationEncoder encoder;
    private final AnswerLoss losses;
    private final SearchLog log;
    private final SearchListener listener;
    private int passes;
    private boolean again;
    private PromptParts best = PromptParts.NONE;
    private double bestLoss = Double.NaN, bareLoss = Double.NaN;

    /** @param encoder that drops what is too long for the model, and never cuts */
    Trials(SearchSettings settings, SearchRows rows, ConversationEncoder encoder, AnswerLoss losses, SearchLog log,
            SearchListener listener) {
        this.settings = settings;
        this.rows = rows;
        this.encoder = encoder;
        this.losses = losses;
        this.log = log;
        this.listener = listener;
    }

    SearchSettings settings() { return settings; }

    SearchRows rows() { return rows; }

    /** Forward passes that were taken so far. */
    int passes() { return passes; }

    PromptParts best() { return best; }

    double bestLoss() { return bestLoss; }

    /** Of the model as it is asked without a prompt. */
    double bareLoss() { return bareLoss; }

    String text(PromptParts parts) { return parts.text(rows.shown()); }

    ConversationEncoder encoder(String text) { return text.isEmpty() ? encoder : encoder.behind(new HardPrompt(text)); }

    /** Every number of a row that prompts are judged by. */
    int[] allRows() { return IntStream.range(0, rows.judged().size()).toArray(); }

    /** The first rows that prompts are judged by, at most so many. */
    int[] firstRows(int count) { return IntStream.range(0, Math.min(count, rows.judged().size())).toArray(); }

    /** Some of the rows that prompts are judged by, others at each step. */
    int[] someRows(int count, long... path) {
        return Arrays.copyOf(SearchRows.order(rows.judged().size(), path), Math.min(count, rows.judged().size()));
    }

    /** The document of a row behind a prompt; none where it is too long for the model. */
    List<Example> documents(ConversationEncoder behind, int[] of) {
        List<Example> documents = new ArrayList<>();
        for (int row : of) {
            Conversation conversation = rows.judged().get(row);
            List<ExampleGroup> groups = behind.encode(conversation);
            if (groups.size() != 1) {
                return List.of();
            }
            documents.addAll(groups.get(0).documents());
        }
        return documents;
    }

    /**
     * The mean loss of an answer's token behind each prompt; infinite where a row does not fit behind it.
     *
     * @param of numbers of the rows
     */
    double[] losses(List<PromptParts> candidates, int[] of) {
        double[] means = measured(candidates, of);
        tell(LOSSES);
        return means;
    }

    private double[] measured(List<PromptParts> candidates, int[] of) {
        List<String> texts = candidates.stream().map(this::text).toList();
        double[] means = new double[texts.size()];
        JsonNode found = entry(LOSSES, texts + " " + Arrays.toString(of), texts.size() * of.length,
                () -> computed(texts, of));
        for (int i = 0; i < means.length; i++) {
            means[i] = found.get(i).isNumber() ? found.get(i).asDouble() : Double.POSITIVE_INFINITY;
        }
        return means;
    }

    private JsonNode computed(List<String> texts, int[] of) {
        List<List<Example>> documents = texts.stream().map(text -> documents(encoder(text), of)).toList();
        double[] sums = losses.sums(documents.stream().filter(each -> !each.isEmpty()).toList());
        ArrayNode means = JsonFile.JSON.createArrayNode();
        int at = 0;
        for (List<Example> each : documents) {
            double sum = 0;
            long tokens = 0;
            for (Example document : each) {
                sum += sums[at++];
                tokens += document.trainedTokens();
            }
            if (tokens > 0 && Double.isFinite(sum)) {
                means.add(sum / tokens);
            } else {
                means.add("Infinity");
            }
        }
        return means;
    }

    /** Something else that takes passes, and its result as JSON. */
    JsonNode remembered(String kind, String asked, int cost, Supplier<JsonNode> computing) {
        JsonNode result = entry(kind, asked, cost, computing);
        tell(kind);
        return result;
    }

    private JsonNode entry(String kind, String asked, int cost, Supplier<JsonNode> computing) {
        if (passes + cost > settings.budget()) {
            throw new IllegalStateException(kind + " costs " + cost + " passes, but " + passes + " of "
                    + settings.budget() + " are taken");
        }
        passes += cost;
        SearchLog.Entry entry = log.result(kind, asked, cost, computing);
        again = entry.again();
        return entry.result();
    }

    private void tell(String kind) {
        listener.at(new SearchListener.Step(kind, passes, settings.budget(), bestLoss, text(best), again));
    }

    /** The loss without a prompt, on all rows. @throws UserError when it is no number */
    void judgeBare() {
        bareLoss = measured(List.of(PromptParts.NONE), allRows())[0];
        if (!Double.isFinite(bareLoss)) {
            throw UserError.of(say("the model's loss is not finite: its weights are damaged"));
        }
        bestLoss = bareLoss;
        tell(LOSSES);
    }

    /** Judges a prompt on all rows, and keeps it where it is the best so far. @return its loss */
    double judge(PromptParts parts) { return judged(List.of(parts))[0]; }

    /** Judges prompts on all rows, and keeps the best where it is the best so far. */
    double[] judged(List<PromptParts> candidates) {
        double[] all = measured(candidates, allRows());
        for (int i = 0; i < all.length; i++) {
            if (all[i] < bestLoss) {
                bestLoss = all[i];
                best = candidates.get(i);
            }
        }
        tell(LOSSES);
        return all;
    }

    static int lowest(double[] values) {
        int lowest = 0;
        for (int i = 1; i < values.length; i++) {
            lowest = values[i] < values[lowest] ? i : lowest;
        }
        return lowest;
    }
}
