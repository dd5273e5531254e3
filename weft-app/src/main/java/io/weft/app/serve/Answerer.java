package io.weft.app.serve;

import io.weft.app.http.Refusal;
import io.weft.nn.Readout;
import io.weft.problem.UserError;
import java.time.Duration;

/**
 * Who answers: a model on a thread of its own, or a stand-in. Every method may be called by any thread and returns at
 * once, {@link #close} apart.
 */
public interface Answerer {
    /** Where an answerer is in its life. */
    enum State { LOADING, READY, STOPPING, FAILED }

    /** The name under which clients know the model. */
    String model();

    State state();

    /** What the model says, once it is loaded. */
    default Readout readout() { return Readout.TOKENS; }

    /**
     * Takes a question in.
     * @throws UserError   when the question cannot be answered: fit for the client to read
     * @throws Unavailable when the question cannot be taken now
     */
    Reply ask(Question question);

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
