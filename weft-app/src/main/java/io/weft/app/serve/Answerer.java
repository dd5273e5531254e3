package io.weft.app.serve;

import io.weft.app.http.Refusal;
import io.weft.nn.Readout;
import io.weft.problem.UserError;
import io.weft.token.tool.CallFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import static io.weft.problem.Language.say;

/**
 * Who answers: a model on a thread of its own, or a stand-in. Every method may be called by any thread and returns at
 * once, {@link #close} apart.
 */
public interface Answerer {
    /** Where an answerer is in its life. */
    enum State { LOADING, READY, STOPPING, FAILED }

    /** The name under which clients know the model, the first of {@link #models}. */
    String model();

    /** Names by which {@link Question#model} can choose: the model itself, then each adapter beside it. */
    default List<String> models() { return List.of(model()); }

    /**
     * Opens an adapter of the model under a name of its own.
     * @throws UserError when it does not fit, or the name is taken
     */
    default void open(String name, Path adapter) {
        throw UserError.of(say("adapters cannot be opened here"));
    }

    /** Lets an adapter go, once what it answers has ended. @throws UserError when there is none of that name */
    default void release(String name) { throw UserError.of(say("adapters cannot be opened here")); }

    State state();

    /** What the model says, once it is loaded. */
    default Readout readout() { return Readout.TOKENS; }

    /**
     * Takes a question in.
     * @throws UserError   when the question cannot be answered: fit for the client to read
     * @throws Unavailable when the question cannot be taken now
     */
    Reply ask(Question question);

    /** Tokens of what the model would read. @throws UserError when it cannot be asked so */
    default int count(Question.Asked asked) { throw UserError.of(say("tokens are not counted here")); }

    /** Ids of what the model would read. @throws UserError when it cannot be asked so */
    default int[] ids(Question.Asked asked) { throw UserError.of(say("tokens are not counted here")); }

    /** The text of ids, special tokens as they are spelled. @throws UserError when there is no such id */
    default String text(int[] ids) { throw UserError.of(say("tokens are not counted here")); }

    /** How the model writes calls of tools; empty: its chat template shows it none. */
    default Optional<CallFormat> calls() { return Optional.empty(); }

    /**
     * A vector of each text: the mean of the hidden states after the last norm, or that of the last token.
     *
     * @param model one of {@link #models}
     * @throws UserError   when a text cannot be read: fit for the client to read
     * @throws Unavailable when it cannot be taken now
     */
    default CompletableFuture<Vectors> embed(String model, List<String> texts, boolean mean) {
        throw UserError.of(say("texts are not embedded here"));
    }

    /** @param values of each text, all of the model's width  @param tokens of all texts */
    record Vectors(List<float[]> values, int tokens) {}

    /** How busy it is. */
    default Load load() { return new Load(0, 0, 1, 0, 0); }

    /**
     * @param waiting  questions that are taken in and not begun
     * @param answering answers on their way
     * @param places   most answers at once
     * @param cached   tokens whose keys and values are held  @param room most of them
     */
    record Load(int waiting, int answering, int places, long cached, long room) {}

    /** Takes no more questions, answers those taken and ends; answers that are not ready in time are cut off. */
    void close(Duration drain);

    /** A question is not taken now, but may be later. */
    final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final boolean full;
        private final int retrySeconds;

        /** @param full whether other clients' questions are the reason  @param retrySeconds when to ask again */
        public Unavailable(String message, boolean full, int retrySeconds) {
            super(message);
            this.full = full;
            this.retrySeconds = retrySeconds;
        }

        /** What the client is told. */
        Refusal refusal() {
            return full ? Refusal.full(getMessage(), retrySeconds) : Refusal.unavailable(getMessage(), retrySeconds);
        }
    }
}
