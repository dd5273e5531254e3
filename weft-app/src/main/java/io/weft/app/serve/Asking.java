package io.weft.app.serve;

import io.javalin.http.Context;
import io.weft.app.http.ClientConnection;
import io.weft.app.http.Visit;

/** Who asks a question, and whom: for the queue, the log and the metrics. */
final class Asking {
    private Asking() {}

    /**
     * The question of the client whose request it came with.
     *
     * @throws ReplyReader.ClientGone when it has left already: a crowd that did costs no reading of what it asked
     */
    static Question of(Context context, Answerer answerer, Question question) {
        Visit visit = Visit.of(context);
        if (new ClientConnection(context).isGone()) {
            visit.leave();
            throw new ReplyReader.ClientGone();
        }
        visit.model(question.model().orElse(answerer.model()));
        return question.by(visit.key());
    }
}
