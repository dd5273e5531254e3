package io.weft.app.rate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.weft.app.http.RequestBody;
import io.weft.app.http.ServerDefaults;
import io.weft.rating.Preference;
import io.weft.rating.Rater;
import io.weft.rating.RatingFile;
import io.weft.rating.RatingPlan;
import io.weft.rating.RatingSession;
import io.weft.rating.Screen;
import io.weft.rating.Verdict;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import static io.weft.problem.Language.say;

/** What the page asks for, in JSON. Nothing in it says which model gave an answer. */
final class RatingRequests {
    static final int MOST_BYTES = 10_000;
    private static final String RATER = "rater", SCREEN = "screen", POSITION = "position", SCORE = "score",
            PREFERENCE = "preference";
    private final RatingPlan plan;
    private final RatingFile file;
    private final Map<Rater, RatingSession> sessions = new ConcurrentHashMap<>();

    RatingRequests(RatingPlan plan, RatingFile file) {
        this.plan = plan;
        this.file = file;
    }

    /** Where a rater is: at the first screen that is not done. */
    void open(Context context) throws IOException {
        RatingSession session = session(read(context, RATER));
        ObjectNode answer = state(session).put("rater", session.rater().name()).put("rows", plan.rows());
        put(answer, "next", session.nextFrom(0));
        ServerDefaults.json(context, answer);
    }

    void screen(Context context) throws IOException {
        RequestBody body = read(context, RATER, SCREEN);
        RatingSession session = session(body);
        ServerDefaults.json(context, screen(session, index(body, session)));
    }

    void score(Context context) throws IOException {
        RequestBody body = read(context, RATER, SCREEN, POSITION, SCORE);
        RatingSession session = session(body);
        int index = index(body, session);
        Screen screen = session.screen(index);
        if (!screen.scores()) {
            throw RequestBody.wrong(SCORE, body.get(SCORE), say("no score: this screen asks for none"));
        }
        int position = body.integer(POSITION, 0, screen.answers().size() - 1, 0);
        int value = body.integer(SCORE, Verdict.LEAST, Verdict.MOST, 0);
        if (value == 0) {
            throw RequestBody.wrong(SCORE, body.get(SCORE), say("a whole number from %d to %d", Verdict.LEAST,
                    Verdict.MOST));
        }
        session.judge(index, new Verdict.Score(position, OptionalDouble.of(value)));
        ServerDefaults.json(context, screen(session, index));
    }

    void vote(Context context) throws IOException {
        RequestBody body = read(context, RATER, SCREEN, PREFERENCE);
        RatingSession session = session(body);
        int index = index(body, session);
        Optional<Preference> preference = Preference.of(body.text(PREFERENCE));
        if (preference.isEmpty() || !session.screen(index).compares()) {
            throw RequestBody.wrong(PREFERENCE, body.get(PREFERENCE), say("left, right, tie or bothBad, where two "
                    + "answers are shown"));
        }
        session.judge(index, new Verdict.Vote(preference));
        ServerDefaults.json(context, screen(session, index));
    }

    void undo(Context context) throws IOException {
        RatingSession session = session(read(context, RATER));
        ObjectNode answer = state(session);
        put(answer, SCREEN, session.undo());
        ServerDefaults.json(context, answer);
    }

    private static RequestBody read(Context context, String... parameters) throws IOException {
        RequestBody body = RequestBody.read(context, MOST_BYTES);
        body.allowOnly(Set.of(parameters));
        return body;
    }

    private RatingSession session(RequestBody body) {
        Rater rater = file.admit(Rater.human(body.text(RATER)));
        return sessions.computeIfAbsent(rater, name -> new RatingSession(plan, file, name));
    }

    private static int index(RequestBody body, RatingSession session) {
        return body.integer(SCREEN, 0, session.screens() - 1, 0);
    }

    private static ObjectNode state(RatingSession session) {
        return JsonNodeFactory.instance.objectNode().put("screens", session.screens()).put("done", session.done());
    }

    private static ObjectNode screen(RatingSession session, int index) {
        Screen screen = session.screen(index);
        RatingSession.Said said = session.said(index);
        ObjectNode answer = state(session).put(SCREEN, index).put("row", screen.row().number())
                .put("prompt", screen.row().prompt()).put("expected", screen.row().expected())
                .put("compares", screen.compares()).put("scores", screen.scores()).put("complete",
                session.isDone(index));
        var answers = answer.putArray("answers");
        for (int i = 0; i < said.shown().answers().size(); i++) {
            ObjectNode one = answers.addObject().put("text", screen.text(said.shown().answers().get(i)));
            OptionalDouble score = said.scores().get(i);
            one.put(SCORE, score.isPresent() ? (Integer) (int) score.getAsDouble() : null);
        }
        answer.put(PREFERENCE, said.preference().map(Preference::word).orElse(null));
        put(answer, "next", session.nextFrom((index + 1) % session.screens()));
        return answer;
    }

    private static void put(ObjectNode into, String name, OptionalInt value) {
        into.put(name, value.isPresent() ? (Integer) value.getAsInt() : null);
    }
}
