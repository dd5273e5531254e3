package io.weft.evaluate;

import io.weft.generate.Answer;
import io.weft.generate.Generator;
import io.weft.generate.Prompt;
import io.weft.generate.RowReader;
import io.weft.generate.TokenListener;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.objective.BlockWalk;
import io.weft.objective.LossSum;
import io.weft.token.answer.AnswerText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Lets a model answer the held-out rows and measures its loss on them. Row numbers seed the draws, so two models with
 * the same settings draw the same numbers; what a row gets does not depend on the rows beside it. The model belongs to
 * the thread that calls.
 */
public final class Evaluation {
    private static final int LOSS_BATCH = 4;
    private static final long CACHE_BYTES = 1L << 30;
    private final CausalLm model;
    private final Adapters adapters;
    private final Generator generator;
    private final Function<int[], AnswerText> text;
    private final Progress progress;

    private Evaluation(CausalLm model, Adapters adapters, Generator generator, Function<int[], AnswerText> text,
            Progress progress) {
        this.model = model;
        this.adapters = adapters;
        this.generator = generator;
        this.text = text;
        this.progress = progress;
    }

    /**
     * @param adapters that the model answers with: none for the base's answers
     * @param generator of the same model
     * @param text what the ids of an answer say
     */
    public static Answers of(CausalLm model, Adapters adapters, Generator generator, Function<int[], AnswerText> text,
            HeldOutRows rows, EvaluationSettings settings, Progress progress) {
        return new Evaluation(model, adapters, generator.with(adapters), text, progress).answers(rows, settings);
    }

    private Answers answers(HeldOutRows rows, EvaluationSettings settings) {
        List<LossSum> losses = new BlockWalk(model).losses(rows.examples(), LOSS_BATCH, rows.objective(), adapters);
        LossSum loss = losses.stream().reduce(LossSum.ZERO, LossSum::plus);
        List<LossSum> each = losses.size() == rows.examples().size() ? losses : List.of();
        if (model.readout().isOfRows()) {
            return read(rows, loss, each);
        }
        List<Prompt> prompts = IntStream.range(0, rows.questions().size())
                .mapToObj(i -> new Prompt(rows.questions().get(i).ids(), settings.sampling(), i)).toList();
        int batch = batch(prompts, settings);
        long begun = System.nanoTime();
        List<Answers.Reply> replies = new ArrayList<>();
        long[] tokens = {0};
        while (replies.size() < prompts.size()) {
            int done = replies.size();
            TokenListener listener = (row, id) -> progress.at(done, prompts.size(), ++tokens[0]);
            for (Answer answer : generator.generate(prompts.subList(done, Math.min(prompts.size(), done + batch)),
                    listener)) {
                replies.add(new Answers.Reply(text.apply(answer.ids()), answer.generated(), answer.finish()));
            }
            progress.at(replies.size(), prompts.size(), tokens[0]);
        }
        return new Answers(replies, loss, each, (System.nanoTime() - begun) / 1e9);
    }

    /** Each row's likeliest label is the answer to it. */
    private Answers read(HeldOutRows rows, LossSum loss, List<LossSum> each) {
        RowReader reader = new RowReader(model, rows.objective().outputs(), adapters);
        long begun = System.nanoTime();
        List<Answers.Reply> replies = new ArrayList<>();
        for (HeldOutRows.Question question : rows.questions()) {
            replies.add(new Answers.Reply(reader.read(question.ids()).label(), 0, Answer.Finish.STOP));
            progress.at(replies.size(), rows.questions().size(), 0);
        }
        return new Answers(replies, loss, each, (System.nanoTime() - begun) / 1e9);
    }

    /** As many rows as the settings allow and as fit into the memory for caches, at least one. */
    private int batch(List<Prompt> prompts, EvaluationSettings settings) {
        int longest = prompts.stream().mapToInt(prompt -> prompt.ids().length).max().orElse(1);
        long token = Float.BYTES * model.cacheShapes().stream().mapToLong(KeyValueCache.Shape::elements).sum();
        long row = token * Math.min(generator.contextLength(), (long) longest + settings.sampling().maxNewTokens());
        return (int) Math.max(1, Math.min(settings.batch(), CACHE_BYTES / row));
    }
}
