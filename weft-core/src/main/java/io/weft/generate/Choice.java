package io.weft.generate;

import io.weft.nn.KeyValueCache;
import io.weft.tensor.RandomStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** One answer on its way: its ids so far, what of them the cache holds, and how its next token is chosen. */
final class Choice {
    private static final long STREAM = 0x64726177; // "draw"
    final Request request;
    final int index;
    private final RandomStream draws;
    private final BitSet seen = new BitSet();
    private final Map<Integer, Integer> counts = new HashMap<>(); // of the answer's tokens, for penalties
    private KeyValueCache.Row row;
    private int[] ids;
    private int known;
    private OptionalInt end = OptionalInt.empty();
    private Answer.Finish finish;
    private boolean told, forked;

    Choice(Request request, int index) {
        this.request = request;
        this.index = index;
        Sampling sampling = request.prompt().sampling();
        draws = index == 0 ? RandomStream.of(STREAM, sampling.seed(), request.prompt().number())
                : RandomStream.of(STREAM, sampling.seed(), request.prompt().number(), index);
        ids = Arrays.copyOf(request.ids(), request.ids().length + Math.min(32, request.limit()));
        known = request.ids().length;
        Arrays.stream(request.prompt().ids()).forEach(seen::set);
    }

    // ---- what the cache holds of it ----

    /** Takes its place in the cache. @param begun the row, with those of its tokens that it holds already */
    void enter(KeyValueCache.Row begun) {
        row = begun;
        if (index == 0 && !told) {
            told = true;
            request.listener().begun(begun.length());
        }
    }

    KeyValueCache.Row row() { return row; }

    /** Leaves the cache; all that is known will be fed anew. */
    void leave() {
        if (row != null) {
            row.close();
            row = null;
        }
    }

    /** All tokens of prompt and answer so far, and room behind them. */
    int[] ids() { return ids; }

    int known() { return known; }

    /** Known tokens that the cache does not hold yet. */
    int unfed() { return known - (row == null ? 0 : row.length()); }

    int made() { return known - request.ids().length; }

    // ---- its next token ----

    boolean takesHighestLogit() {
        return request.prompt().sampling().takesHighestLogit() && request.options().penalties().areNone();
    }

    OptionalInt logprobs() { return request.options().logprobs(); }

    /** @param scores [V], may be changed */
    int choose(float[] scores) {
        request.options().penalties().apply(scores, counts);
        NextToken.process(scores, seen, request.prompt().sampling());
        return request.prompt().sampling().isGreedy() ? NextToken.highest(scores)
                : NextToken.draw(scores, draws.uniform(made()));
    }

    void take(int id, Optional<TokenLogprob> logprob) {
        if (request.endIds().contains(id)) {
            end = OptionalInt.of(id);
            finish = Answer.Finish.STOP;
            return;
        }
        if (known == ids.length) {
            ids = Arrays.copyOf(ids, Math.min(2 * known, request.most()));
        }
        ids[known++] = id;
        seen.set(id);
        counts.merge(id, 1, Integer::sum);
        request.listener().token(index, id, logprob);
        finish = request.endTexts().areMet(ids, request.ids().length, known)
                ? Answer.Finish.STOP : made() == request.limit() ? Answer.Finish.LENGTH : null;
    }

    /** The other choices of its prompt, which is read now. */
    List<Choice> fork() {
        forked = true;
        return IntStream.range(1, request.options().choices()).mapToObj(other -> new Choice(request, other)).toList();
    }

    boolean hasForked() { return forked; }

    // ---- its end ----

    /** It takes no more tokens, and nobody is told. */
    void drop() { finish = Answer.Finish.CANCELLED; }

    boolean isOver() { return finish != null; }

    void endUnlessWanted() {
        if (finish == null && !request.listener().wanted(index)) {
            finish = Answer.Finish.CANCELLED;
        }
    }

    Answer answer() {
        return new Answer(Arrays.copyOfRange(ids, request.ids().length, known), made() + (end.isPresent() ? 1 : 0),
                finish, end);
    }
}
