package io.weft.generate;

import io.weft.nn.KeyValueCache;
import io.weft.problem.UserError;
import io.weft.tensor.RandomStream;
import io.weft.token.form.Form;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/** One answer on its way: its ids so far, what of them the cache holds, and how its next token is chosen. */
final class Choice {
    private static final long STREAM = 0x64726177; // "draw"
    final Request request;
    final int index;
    private final RandomStream draws;
    private final BitSet seen = new BitSet();
    private final Form.Walk walk; // null where the answer may be anything
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
        walk = request.form().map(Form::walk).orElse(null);
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
        return request.prompt().sampling().takesHighestLogit() && request.options().penalties().areNone()
                && walk == null;
    }

    OptionalInt logprobs() { return request.options().logprobs(); }

    /** Tokens that may follow, as far as anybody can guess; they need not be those that are chosen. */
    int[] guess() { return PromptLookup.guess(ids, known, request.limit() - made() - 1); }

    /** @param scores [V], may be changed  @throws UserError when no token spells what the answer must be */
    int choose(float[] scores) {
        float[] own = walk == null || request.options().penalties().areNone() ? scores : scores.clone();
        request.options().penalties().apply(scores, counts);
        if (walk != null && !hold(scores)) { // a bias forbids all that may follow: what must be goes before it
            System.arraycopy(own, 0, scores, 0, scores.length);
            if (own == scores || !hold(scores)) {
                throw UserError.of(say("the model's vocabulary has no token that goes on as the answer must"));
            }
        }
        NextToken.process(scores, seen, request.prompt().sampling());
        return request.prompt().sampling().isGreedy() ? NextToken.highest(scores)
                : NextToken.draw(scores, draws.uniform(made()));
    }

    /** Leaves only the tokens that may follow. @return whether there are any */
    private boolean hold(float[] scores) {
        long[] allowed = walk.allowed();
        boolean any = false;
        for (int id = 0; id < scores.length; id++) {
            boolean may = id >> 6 < allowed.length && (allowed[id >> 6] >> id & 1) != 0
                    || walk.mayEnd() && request.endIds().contains(id);
            scores[id] = may ? scores[id] : Float.NEGATIVE_INFINITY;
            any |= scores[id] > Float.NEGATIVE_INFINITY;
        }
        return any;
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
        if (walk != null) {
            walk.take(id);
        }
        finish = walk != null && walk.mustEnd() || request.endTexts().areMet(ids, request.ids().length, known)
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
