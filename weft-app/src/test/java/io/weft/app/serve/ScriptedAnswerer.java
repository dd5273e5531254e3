package io.weft.app.serve;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers nothing by itself: a test takes the replies it gave out and fills them. */
final class ScriptedAnswerer implements Answerer {
    final List<Question> questions = new CopyOnWriteArrayList<>();
    final List<Reply> replies = new CopyOnWriteArrayList<>();
    volatile State state = State.READY;

    @Override public String model() { return "scripted"; }

    @Override public State state() { return state; }

    @Override public Reply ask(Question question) {
        Reply reply = new Reply(() -> { });
        questions.add(question);
        replies.add(reply);
        return reply;
    }

    @Override public void close(Duration drain) { state = State.STOPPING; }

    /** Waits for the next question. */
    Reply reply(int number) throws InterruptedException {
        while (replies.size() <= number) {
            Thread.sleep(5);
        }
        return replies.get(number);
    }
}
