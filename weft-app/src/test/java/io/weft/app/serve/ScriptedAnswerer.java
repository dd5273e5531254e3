package io.weft.app.serve;

import io.weft.token.tool.CallFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers nothing by itself: a test takes the replies it gave out and fills them. */
final class ScriptedAnswerer implements Answerer {
    final List<Question> questions = new CopyOnWriteArrayList<>();
    final List<Reply> replies = new CopyOnWriteArrayList<>();
    volatile State state = State.READY;
    volatile List<String> models = List.of("scripted");
    volatile Optional<CallFormat> calls = Optional.empty();
    /** Names and folders of adapters that were opened. */
    final List<String> opened = new CopyOnWriteArrayList<>();

    @Override public String model() { return "scripted"; }

    @Override public List<String> models() { return models; }

    @Override public Optional<CallFormat> calls() { return calls; }

    @Override public void open(String name, Path adapter) { opened.add(name + "=" + adapter); }

    @Override public void release(String name) { opened.add("-" + name); }

    @Override public int[] ids(Question.Asked asked) {
        return asked instanceof Question.Asked.Raw raw ? raw.text().chars().toArray() : new int[3];
    }

    /** Each id a character. */
    @Override public String text(int[] ids) { return new String(ids, 0, ids.length); }

    /** Length of each text, and whether their mean is asked for. */
    @Override public CompletableFuture<Vectors> embed(String model, List<String> texts, boolean mean) {
        return CompletableFuture.completedFuture(new Vectors(texts.stream()
                .map(text -> new float[] {text.length(), mean ? 1 : 0, 0.5f}).toList(), 7));
    }

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
