package io.weft.generate;

import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.Pass;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.token.Tokenizer;
import io.weft.token.answer.Ending;
import io.weft.token.form.Form;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * Answers prompts of different lengths together, with a cache and without padding. Belongs to the thread that owns the
 * model.
 * A {@link ContinuousBatch} makes the answers.
 */
public final class Generator {
    private final CausalLm model;
    private final int contextLength, vocabulary;
    private final Set<Integer> endIds;
    private final EndTexts endTexts;
    private final Optional<Forms> forms;
    private final Adapters adapters;

    /** @param contextLength most tokens of a prompt and its answer together  @param endIds tokens that end an answer */
    public Generator(CausalLm model, int contextLength, Set<Integer> endIds) {
        this(model, contextLength, endIds, EndTexts.NONE, Optional.empty(), Adapters.DEFAULT);
    }

    /** @param ending what ends an answer, at once  @param tokenizer that tells the text of an answer's ids */
    public Generator(CausalLm model, int contextLength, Ending ending, Tokenizer tokenizer) {
        this(model, contextLength, ending.ids(), EndTexts.of(ending, tokenizer), Optional.of(new Forms(tokenizer)),
                Adapters.DEFAULT);
    }

    private Generator(CausalLm model, int contextLength, Set<Integer> endIds, EndTexts endTexts,
            Optional<Forms> forms, Adapters adapters) {
        this.model = model;
        this.adapters = adapters;
        this.contextLength = contextLength;
        this.vocabulary = model.vocabulary();
        this.endIds = Set.copyOf(endIds);
        this.endTexts = endTexts;
        this.forms = forms;
    }

    /** One whose answers come through these adapters; a choice for each document makes no sense here. */
    public Generator with(Adapters adapters) {
        return new Generator(model, contextLength, endIds, endTexts, forms, adapters);
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
        List<Row> rows = IntStream.range(0, prompts.size()).mapToObj(i -> new Row(i, listener)).toList();
        List<Request> requests = rows.stream()
                .map(row -> request(prompts.get(row.index), GenerationOptions.PLAIN, row)).toList();
        Scope.run(() -> {
            ContinuousBatch batch = new ContinuousBatch(model, new ContinuousBatch.Room(Math.max(1, rows.size()),
                    requests.stream().mapToInt(request -> KeyValueCache.pagesFor(request.most())).sum(), false));
            requests.forEach(batch::add);
            while (!batch.isEmpty()) {
                batch.step();
            }
        });
        rows.stream().filter(row -> row.failure != null).findFirst().ifPresent(row -> {
            throw row.failure;
        });
        return rows.stream().map(row -> row.answer).toList();
    }

    /** A batch for requests of this generator, and of others of the same model. */
    public ContinuousBatch batch(ContinuousBatch.Room room) { return new ContinuousBatch(model, room); }

    /** Bytes of keys and values of one token. */
    public long cacheBytes() { return model.cacheBytes(); }

    /**
     * What the model makes of a text, [D]: the mean of its tokens' hidden states after the last norm, or that of the
     * last one.
     */
    public float[] vector(int[] ids, boolean mean) {
        int before = model.placeholders(adapters.of(0));
        int[] all = IntStream.concat(IntStream.generate(() -> 0).limit(before), IntStream.of(ids)).toArray();
        return Device.value(model.device(), () -> Scope.value(() -> NoGrad.get(() -> {
            Pass pass = Pass.single(all.length).with(adapters);
            Tensor normed = model.norm().forward(model.hidden(all, pass), pass).to(DType.F32);
            return mean ? normed.narrow(0, before, ids.length).sum(0).mul(1.0 / ids.length).toFloats()
                    : normed.narrow(0, all.length - 1, 1).toFloats();
        })));
    }

    /** @throws UserError when no vector can be made of a text: it is empty or longer than the model's context */
    public void requireVector(int[] ids) {
        if (ids.length == 0) {
            throw UserError.of(say("the text is empty; give it at least one token"));
        }
        if (ids.length > contextLength()) {
            throw UserError.of(say("the text has %,d tokens and the model's context is %,d; shorten it", ids.length,
                    contextLength()));
        }
    }

    /**
     * A prompt for a batch that belongs to the same model. May be called by any thread.
     *
     * @throws UserError as {@link #require}, or when the answer cannot be held to the form that it is to have
     */
    public Request request(Prompt prompt, GenerationOptions options, AnswerListener listener) {
        require(prompt);
        int[] ids = IntStream.concat(IntStream.generate(() -> 0).limit(model.placeholders(adapters.of(0))),
                IntStream.of(prompt.ids())).toArray();
        int limit = Math.min(prompt.sampling().maxNewTokens(), contextLength() - prompt.ids().length);
        Optional<Form> form = options.form().map(asked -> forms.orElseThrow(() ->
                new IllegalStateException("a generator without a tokenizer holds to no form")).of(asked));
        return new Request(prompt, options, ids, limit, adapters.of(0), form, endIds, endTexts, listener);
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

    /** The only answer to one of several prompts. */
    private static final class Row implements AnswerListener {
        private final int index;
        private final TokenListener listener;
        private Answer answer;
        private RuntimeException failure;

        Row(int index, TokenListener listener) {
            this.index = index;
            this.listener = listener;
        }

        @Override public void token(int choice, int id, Optional<TokenLogprob> logprob) { listener.token(index, id); }

        @Override public void ended(int choice, Answer answer) {
            this.answer = answer;
            listener.ended(index, answer);
        }

        @Override public boolean wanted(int choice) { return listener.wanted(index); }

        @Override public void failed(RuntimeException cause) { failure = cause; }
    }
}
