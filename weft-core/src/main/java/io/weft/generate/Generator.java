package io.weft.generate;

import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.Pass;
import io.weft.problem.UserError;
import io.weft.tensor.Device;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.token.Tokenizer;
import io.weft.token.answer.Ending;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * Answers prompts of different lengths together, with a cache and without padding. Belongs to the thread that owns the
 * model.
 *
 * <p>Every pass through the model takes what each row has not fed yet: its last token, or the next part of its prompt.
 * A row whose ids are all fed gets its next token.
 */
public final class Generator {
    /** Prompt tokens in one pass: enough for full speed, few enough that an unwanted answer ends soon. */
    private static final int PROMPT_TOKENS_A_PASS = 512;
    private static final long STREAM = 0x64726177; // "draw"
    private final CausalLm model;
    private final int contextLength, vocabulary;
    private final Set<Integer> endIds;
    private final EndTexts endTexts;
    private final Adapters adapters;

    /** @param contextLength most tokens of a prompt and its answer together  @param endIds tokens that end an answer */
    public Generator(CausalLm model, int contextLength, Set<Integer> endIds) {
        this(model, contextLength, endIds, EndTexts.NONE, Adapters.DEFAULT);
    }

    /** @param ending what ends an answer, at once  @param tokenizer that tells the text of an answer's ids */
    public Generator(CausalLm model, int contextLength, Ending ending, Tokenizer tokenizer) {
        this(model, contextLength, ending.ids(), EndTexts.of(ending, tokenizer), Adapters.DEFAULT);
    }

    private Generator(CausalLm model, int contextLength, Set<Integer> endIds, EndTexts endTexts, Adapters adapters) {
        this.model = model;
        this.adapters = adapters;
        this.contextLength = contextLength;
        this.vocabulary = model.vocabulary();
        this.endIds = Set.copyOf(endIds);
        this.endTexts = endTexts;
    }

    /** One whose answers come through these adapters; a choice for each document makes no sense here. */
    public Generator with(Adapters adapters) {
        return new Generator(model, contextLength, endIds, endTexts, adapters);
    }

    /** Most tokens of a prompt and its answer together, beside what the adapter takes. */
    public int contextLength() { return contextLength - model.positions(adapters.of(0)); }

    /** The answer to one prompt. @throws UserError as {@link #require} */
    public Answer generate(int[] ids, Sampling sampling) {
        return generate(List.of(Prompt.of(ids, sampling)), TokenListener.NONE).get(0);
    }

    /**
     * The answers, in the order of the prompts. All are decoded at once: the caller chooses how many, the cache takes
     * memory for each.
     * @throws UserError as {@link #require}, before anything is computed
     */
    public List<Answer> generate(List<Prompt> prompts, TokenListener listener) {
        prompts.forEach(this::require);
        List<Row> rows = IntStream.range(0, prompts.size()).mapToObj(i -> new Row(i, prompts.get(i))).toList();
        Device.run(model.device(), () -> Scope.run(() -> {
            int capacity = rows.stream().mapToInt(row -> row.unfed.length + row.limit).max().orElse(0);
            KeyValueCache cache = model.cache(rows.size(), capacity);
            List<Row> active = stillActive(rows, cache, listener);
            while (!active.isEmpty()) {
                pass(active, cache, listener);
                active = stillActive(active, cache, listener);
            }
        }));
        return rows.stream().map(Row::answer).toList();
    }

    /**
     * May be called by any thread.
     *
     * @throws UserError when the prompt is empty, leaves no room for an answer in the model's context, or holds ids
     *     that the model does not know
     */
    public void require(Prompt prompt) {
        int[] ids = prompt.ids();
        if (ids.length == 0) {
            throw UserError.of(say("the prompt is empty; give it at least one token"));
        }
        if (ids.length >= contextLength()) {
            int taken = contextLength - contextLength();
            throw UserError.of(say("the prompt has %,d tokens and the model's context is %,d; shorten it, so that "
                    + "there is room for an answer", ids.length, contextLength)
                    + (taken == 0 ? "" : say(" (the adapter takes %,d)", taken)));
        }
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw UserError.of(say("token id %d lies outside of the model's vocabulary of %,d; the tokenizer does "
                        + "not fit the model", id, vocabulary));
            }
        }
    }

    /** The rows that go on; the others are told of and leave the cache. */
    private static List<Row> stillActive(List<Row> rows, KeyValueCache cache, TokenListener listener) {
        rows.stream().filter(row -> row.finish == null && !listener.wanted(row.index))
                .forEach(row -> row.finish = Answer.Finish.CANCELLED);
        rows.stream().filter(row -> row.finish != null).forEach(row -> listener.ended(row.index, row.answer()));
        int[] kept = IntStream.range(0, rows.size()).filter(i -> rows.get(i).finish == null).toArray();
        if (kept.length < rows.size()) {
            cache.keepRows(kept);
        }
        return Arrays.stream(kept).mapToObj(rows::get).toList();
    }

    private void pass(List<Row> rows, KeyValueCache cache, TokenListener listener) {
        int[] counts = new int[rows.size()];
        int room = PROMPT_TOKENS_A_PASS;
        for (int i = 0; i < counts.length; i++) {
            int unfed = rows.get(i).unfed.length;
            counts[i] = unfed == 1 ? 1 : Math.min(unfed, room);
            room -= unfed == 1 ? 0 : counts[i];
        }
        int[] ids = IntStream.range(0, counts.length).boxed()
                .flatMapToInt(i -> Arrays.stream(rows.get(i).unfed, 0, counts[i])).toArray();
        List<Row> ready = new ArrayList<>();
        int[] ends = new int[counts.length];
        for (int i = 0, end = 0; i < counts.length; i++) {
            end += counts[i];
            Row row = rows.get(i);
            row.unfed = Arrays.copyOfRange(row.unfed, counts[i], row.unfed.length);
            if (row.unfed.length == 0) {
                ends[ready.size()] = end - 1;
                ready.add(row);
            }
        }
        int[] next = Scope.value(() -> {
            Pass pass = cache.next(counts).with(adapters);
            Tensor hidden = model.hidden(ids, pass);
            return ready.isEmpty() ? new int[0]
                    : choose(ready,
                    model.logits(hidden.rows(Tensor.of(Arrays.copyOf(ends, ready.size()), ready.size())), pass));
        });
        for (int i = 0; i < next.length; i++) {
            ready.get(i).take(next[i], listener);
        }
    }

    /** logits [rows, V] -> the next token of each. */
    private int[] choose(List<Row> rows, Tensor logits) {
        if (!logits.isFinite()) {
            throw UserError.of(
                    say("the model's scores are not finite: its weights are damaged or its training diverged"));
        }
        if (rows.stream().allMatch(row -> row.prompt.sampling().takesHighestLogit())) {
            return logits.argmax().toInts();
        }
        float[] all = logits.toFloats();
        return IntStream.range(0, rows.size())
                .map(i -> rows.get(i).choose(Arrays.copyOfRange(all, i * vocabulary, (i + 1) * vocabulary))).toArray();
    }

    /** A prompt and its answer so far. */
    private final class Row {
        private final int index, limit;
        private final Prompt prompt;
        private final BitSet seen = new BitSet();
        private final RandomStream draws;
        private int[] unfed, answer = new int[32];
        private int made;
        private OptionalInt end = OptionalInt.empty();
        private Answer.Finish finish;

        Row(int index, Prompt prompt) {
            this.index = index;
            this.prompt = prompt;
            limit = Math.min(prompt.sampling().maxNewTokens(), contextLength() - prompt.ids().length);
            unfed = IntStream.concat(IntStream.generate(() -> 0).limit(model.placeholders(adapters.of(0))),
                    IntStream.of(prompt.ids())).toArray();
            draws = RandomStream.of(STREAM, prompt.sampling().seed(), prompt.number());
            Arrays.stream(prompt.ids()).forEach(seen::set);
        }

        /** @param scores [V], may be changed */
        int choose(float[] scores) {
            NextToken.process(scores, seen, prompt.sampling());
            return prompt.sampling().isGreedy() ? NextToken.highest(scores)
                    : NextToken.draw(scores, draws.uniform(made));
        }

        void take(int id, TokenListener listener) {
            if (endIds.contains(id)) {
                end = OptionalInt.of(id);
                finish = Answer.Finish.STOP;
                return;
            }
            if (made == answer.length) {
                answer = Arrays.copyOf(answer, 2 * made);
            }
            answer[made++] = id;
            seen.set(id);
            unfed = new int[] {id};
            listener.token(index, id);
            finish = endTexts.areMet(answer, made) ? Answer.Finish.STOP
                    : made == limit ? Answer.Finish.LENGTH : null;
        }

        Answer answer() {
            return new Answer(Arrays.copyOf(answer, made), made + (end.isPresent() ? 1 : 0), finish, end);
        }
    }
}
