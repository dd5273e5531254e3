package io.weft.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.weft.data.Example;
import io.weft.file.JsonFile;
import io.weft.nn.CausalLm;
import io.weft.problem.UserError;
import io.weft.tensor.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * Words found token by token: at each step the gradient names, for every place, the tokens that would lower the loss
 * most to first order; some of these exchanges are drawn, and the best of them by the real loss on the step's rows is
 * made (GCG, Zou et al. 2023, arXiv:2307.15043, algorithm 1), where it is better there than no exchange (AutoPrompt,
 * Shin et al. 2020, arXiv:2010.15980). Only exchanges whose text becomes these tokens again are tried. What a step
 * finds is judged on all rows, and the best of all steps is what remains.
 */
final class TokenSwaps {
    /** Rows of a step. */
    private static final int ROWS = 16;
    /** Tokens at each place that exchanges are drawn from; GCG takes 256 of them, AutoPrompt 10 to 100. */
    private static final int TOP = 64;
    private static final int STARTS = 8, MOST_CANDIDATES = 64, LEAST_CANDIDATES = 4, STEPS_WANTED = 12;
    private static final long STREAM = 0x73776170; // "swap"
    private final Trials trials;
    private final PlainTokens plain;
    private final TokenGradient gradient;
    private final int rows;

    TokenSwaps(Trials trials, CausalLm model, PlainTokens plain) {
        this.trials = trials;
        this.plain = plain;
        gradient = new TokenGradient(model);
        rows = rows(trials.rows().judged().size());
    }

    private static int rows(int judged) { return Math.min(ROWS, judged); }

    /** Passes that this needs at least. @param judged how many rows prompts are judged by */
    static int least(int judged) {
        return STARTS * rows(judged) + judged + stepPasses(rows(judged), LEAST_CANDIDATES) + judged;
    }

    /** The gradient, the words as they are, and the candidates. */
    private static int stepPasses(int rows, int candidates) { return (Trials.GRADIENT_PASSES + 1 + candidates) * rows; }

    /** @param passes that may be taken */
    void improve(int passes) {
        int end = trials.passes() + passes, judged = trials.rows().judged().size();
        PromptParts around = trials.best();
        int[] words = start(around);
        if (words.length == 0) {
            return;
        }
        trials.judge(around.withWords(plain.text(words)));
        int candidates = Math.max(LEAST_CANDIDATES, Math.min(MOST_CANDIDATES,
                (passes / STEPS_WANTED - judged) / rows - Trials.GRADIENT_PASSES - 1));
        for (int step = 0; trials.passes() + stepPasses(rows, candidates) + judged <= end; step++) {
            int[] of = trials.someRows(rows, STREAM, trials.settings().seed(), step);
            List<int[]> tried = new ArrayList<>(List.of(words));
            tried.addAll(exchanges(around, words, of, step, candidates));
            double[] losses = trials.losses(tried.stream().map(each -> around.withWords(plain.text(each))).toList(),
                    of);
            int chosen = Trials.lowest(losses);
            if (chosen > 0) {
                words = tried.get(chosen);
                trials.judge(around.withWords(plain.text(words)));
            }
        }
    }

    /** The best of a few random texts; none where the tokenizer joins whatever is tried with what stands around it. */
    private int[] start(PromptParts around) {
        List<int[]> starts = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            int[] drawn = plain.random(trials.settings().length(),
                    RandomStream.of(STREAM, trials.settings().seed(), -1 - i),
                    words -> plain.place(trials, around, words) >= 0);
            if (drawn.length == trials.settings().length()) {
                starts.add(drawn);
            }
        }
        if (starts.isEmpty()) {
            throw UserError.of(say("no text of %d tokens stays the same tokens where the prompt stands; choose "
                    + "another --length, or --method instruction or demonstrations", trials.settings().length()));
        }
        double[] losses = trials.losses(starts.stream().map(each -> around.withWords(plain.text(each))).toList(),
                trials.firstRows(rows));
        return starts.get(Trials.lowest(losses));
    }

    /** Words with one token exchanged, all different, each the same tokens again. */
    private List<int[]> exchanges(PromptParts around, int[] words, int[] of, int step, int count) {
        JsonNode found = trials.remembered(Trials.SWAPS, plain.text(words) + " " + Arrays.toString(of),
                Trials.GRADIENT_PASSES * of.length, () -> drawn(around, words, of, step, count));
        List<int[]> exchanged = new ArrayList<>();
        for (JsonNode exchange : found) {
            int[] other = words.clone();
            other[exchange.get(0).asInt()] = exchange.get(1).asInt();
            exchanged.add(other);
        }
        return exchanged;
    }

    /** Pairs of a place and a token. */
    private ArrayNode drawn(PromptParts around, int[] words, int[] of, int step, int count) {
        List<Example> documents = trials.documents(trials.encoder(trials.text(around.withWords(plain.text(words)))),
                of);
        int[] starts = documents.stream().mapToInt(document -> PlainTokens.indexOf(document.ids(), words)).toArray();
        int[] usable = IntStream.range(0, starts.length).filter(i -> starts[i] >= 0).toArray();
        ArrayNode drawn = JsonFile.JSON.createArrayNode();
        if (usable.length == 0) {
            return drawn;
        }
        float[][] changes = gradient.changes(Arrays.stream(usable).mapToObj(documents::get).toList(),
                Arrays.stream(usable).map(i -> starts[i]).toArray(), words.length);
        int[][] top = IntStream.range(0, words.length).mapToObj(i -> lowest(changes[i], words[i]))
                .toArray(int[][]::new);
        RandomStream draws = RandomStream.of(STREAM, trials.settings().seed(), step, 1);
        Set<List<Integer>> seen = new HashSet<>();
        for (int draw = 0; draw < 20 * count && drawn.size() < count; draw++) {
            int place = (int) (draws.uniform(2L * draw) * words.length);
            int token = top[place][(int) (draws.uniform(2L * draw + 1) * top[place].length)];
            int[] other = words.clone();
            other[place] = token;
            if (seen.add(List.of(place, token)) && plain.place(trials, around, other) >= 0) {
                drawn.add(JsonFile.JSON.createArrayNode().add(place).add(token));
            }
        }
        return drawn;
    }

    /** The plain tokens of the lowest values. @param without one that is not wanted */
    private int[] lowest(float[] values, int without) {
        return Arrays.stream(plain.ids()).filter(id -> id != without).boxed()
                .sorted((a, b) -> values[a] != values[b] ? Float.compare(values[a], values[b]) : Integer.compare(a, b))
                .limit(TOP).mapToInt(Integer::intValue).toArray();
    }
}
