package io.weft.app.serve;

import io.weft.generate.Answer;
import io.weft.generate.AnswerListener;
import io.weft.generate.Request;
import io.weft.generate.TokenLogprob;
import io.weft.generate.Verdict;
import io.weft.token.answer.AnswerStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** A question that waits or is being answered: what its tokens say, choice by choice, and to whom it is told. */
final class AnswerJob implements AnswerListener {
    private final Question question;
    private final ServedModels.Entry model;
    private final int[] ids;
    private final Reply reply;
    private final BooleanSupplier cutOff;
    private final Supplier<RuntimeException> stopping;
    private final List<Text> texts;
    private final DoubleConsumer took;
    private long begun;
    private Request request;
    private int cached, open, generated;
    private boolean over;

    /**
     * @param cutOff  whether no answer goes on  @param stopping what those that do not are told
     * @param whenCancelled called when the client does not want it any more
     * @param took told how many seconds it was being answered
     */
    AnswerJob(Question question, ServedModels.Entry model, int[] ids, BooleanSupplier cutOff,
            Supplier<RuntimeException> stopping, Consumer<AnswerJob> whenCancelled, DoubleConsumer took) {
        this.took = took;
        this.question = question;
        this.model = model;
        this.ids = ids;
        this.cutOff = cutOff;
        this.stopping = stopping;
        reply = new Reply(() -> whenCancelled.accept(this));
        open = question.options().choices();
        texts = IntStream.range(0, open).mapToObj(choice -> new Text(choice,
                model.model.prompts().answerStream(question.asked(), model.model.tokenizer()))).toList();
    }

    /** What one choice says. */
    private final class Text {
        private final int choice;
        private final AnswerStream stream;
        private final StopTexts stops = new StopTexts(question.stops());
        private List<TokenLogprob> logprobs = new ArrayList<>();
        private String finish = "";

        Text(int choice, AnswerStream stream) {
            this.choice = choice;
            this.stream = stream;
        }

        /** A client's stop texts are about the words: what was thought before them may hold anything. */
        void show(AnswerStream.Piece piece, boolean last) {
            String reasoning = stops.met() ? "" : piece.reasoning();
            String words = stops.push(piece.words()) + (last ? stops.finish() : "");
            if (!reasoning.isEmpty() || !words.isEmpty() || last && !logprobs.isEmpty()) {
                reply.give(new Reply.Part.Text(choice, reasoning, words, logprobs));
                logprobs = new ArrayList<>();
            }
        }
    }

    Reply reply() { return reply; }

    Question question() { return question; }

    ServedModels.Entry model() { return model; }

    int[] ids() { return ids; }

    Request request() { return request; }

    void asks(Request made) { request = made; }

    boolean isWanted() { return reply.isWanted() && !cutOff.getAsBoolean(); }

    @Override public void begun(int cachedTokens) {
        begun = System.nanoTime();
        cached = Math.min(cachedTokens, ids.length);
        reply.waits(0);
    }

    @Override public void token(int choice, int id, Optional<TokenLogprob> logprob) {
        Text text = texts.get(choice);
        logprob.ifPresent(text.logprobs::add);
        text.show(text.stream.push(id), false);
    }

    @Override public boolean wanted(int choice) { return isWanted() && !texts.get(choice).stops.met(); }

    @Override public void ended(int choice, Answer answer) {
        Text text = texts.get(choice);
        if (answer.finish() == Answer.Finish.CANCELLED && !text.stops.met()) {
            failed(stopping.get());
            return;
        }
        text.show(text.stream.finish(), true);
        text.finish = text.stops.met() ? Answer.Finish.STOP.word() : answer.finish().word();
        generated += answer.generated();
        if (--open == 0) {
            end(new Reply.Part.Done(ids.length, cached, generated, texts.stream().map(each -> each.finish).toList()));
        }
    }

    void read(Verdict verdict) {
        reply.give(new Reply.Part.Read(verdict));
        end(new Reply.Part.Done(ids.length, 0, Answer.Finish.STOP.word()));
    }

    @Override public void failed(RuntimeException cause) { end(new Reply.Part.Failed(cause)); }

    private void end(Reply.Part last) {
        if (!over) {
            over = true;
            if (begun != 0) {
                took.accept((System.nanoTime() - begun) / 1e9);
            }
            reply.give(last);
            model.leave();
        }
    }
}
