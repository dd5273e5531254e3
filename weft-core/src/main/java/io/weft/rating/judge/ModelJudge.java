package io.weft.rating.judge;

import io.weft.data.Message;
import io.weft.rating.Preference;
import io.weft.rating.Rater;
import io.weft.rating.RatingFile;
import io.weft.rating.RatingPlan;
import io.weft.rating.RatingSession;
import io.weft.rating.Screen;
import io.weft.rating.Shown;
import io.weft.rating.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model as one more rater. It is asked about each pair twice, with the answers in each other's place, because models
 * favour a place (Zheng et al. 2023, arXiv:2306.05685); two verdicts that do not agree are a tie, and a score is the
 * mean of both. Judgements go into the same file as people's; what stands there is not asked again.
 */
public final class ModelJudge {
    /** Screens that are asked together before their judgements are written down. */
    private static final int TOGETHER = 8;
    private final RatingSession session;
    private final AskedModel model;
    private final JudgePrompt prompt;
    private int judged, before, unreadable, unanswered, unscored;

    /**
     * What came of it.
     *
     * @param judged     screens  @param before those that were judged before
     * @param unreadable screens left out because a reply held no verdict
     * @param unanswered screens left out because the model did not answer  @param unscored judged without all scores
     */
    public record Outcome(int judged, int before, int unreadable, int unanswered, int unscored) {}

    private ModelJudge(RatingPlan plan, RatingSession session, AskedModel model, boolean expected) {
        this.session = session;
        this.model = model;
        prompt = JudgePrompt.of(plan.screens().stream().map(Screen::row).toList(), expected);
    }

    /**
     * @param rater    the name by which its judgements are kept  @param expected whether it sees the expected answers
     * @param progress hears how many screens are behind it
     * @throws io.weft.problem.UserError when a person judged by that name, or the model cannot be asked any more; what
     *     was judged by then is kept
     */
    public static Outcome judge(RatingPlan plan, RatingFile file, Rater rater, AskedModel model, boolean expected,
            IntConsumer progress) {
        RatingSession session = new RatingSession(plan, file, file.admit(rater));
        return new ModelJudge(plan, session, model, expected).judge(progress);
    }

    private Outcome judge(IntConsumer progress) {
        List<Integer> open = IntStream.range(0, session.screens()).filter(i -> !isJudged(i)).boxed().toList();
        before = session.screens() - open.size();
        for (int from = 0; from < open.size(); from += TOGETHER) {
            List<Integer> some = open.subList(from, Math.min(open.size(), from + TOGETHER));
            List<Optional<String>> replies = model.answer(some.stream().flatMap(this::questions).toList());
            int reply = 0;
            for (int index : some) {
                int count = session.screen(index).answers().size();
                take(index, replies.subList(reply, reply + count));
                reply += count;
            }
            progress.accept(before + from + some.size());
        }
        return new Outcome(judged, before, unreadable, unanswered, unscored);
    }

    /** A pair by its vote: scores that a judge did not give the first time, it would not give the second. */
    private boolean isJudged(int index) {
        return session.screen(index).compares() ? session.said(index).preference().isPresent()
                : session.isDone(index);
    }

    private Stream<List<Message>> questions(int index) {
        Screen screen = session.screen(index);
        List<String> texts = session.said(index).shown().answers().stream().map(screen::text).toList();
        return texts.size() == 1 ? Stream.of(prompt.single(screen.row(), texts.get(0)))
                : Stream.of(prompt.pair(screen.row(), texts.get(0), texts.get(1)),
                prompt.pair(screen.row(), texts.get(1), texts.get(0)));
    }

    private void take(int index, List<Optional<String>> texts) {
        if (texts.stream().anyMatch(Optional::isEmpty)) {
            unanswered++;
            return;
        }
        List<JudgeReply> replies = texts.stream().map(Optional::get).map(JudgeReply::of).toList();
        boolean pair = session.screen(index).compares();
        boolean says = pair ? replies.stream().allMatch(reply -> reply.verdict().isPresent())
                : replies.get(0).a().isPresent();
        if (!says) {
            unreadable++;
            return;
        }
        if (session.screen(index).scores()) {
            score(index, replies);
        }
        if (pair) {   // last, for it is by this that a pair counts as judged
            Preference first = replies.get(0).verdict().get(), second = replies.get(1).verdict().get();
            session.judge(index, new Verdict.Vote(Optional.of(first == second.swapped() ? first : Preference.TIE),
                    List.of(first, second)));
        }
        judged++;
    }

    private void score(int index, List<JudgeReply> replies) {
        Shown shown = session.said(index).shown();
        boolean all = true;
        for (int position = 0; position < shown.answers().size(); position++) {
            List<OptionalInt> given = new ArrayList<>(List.of(position == 0 ? replies.get(0).a() : replies.get(0).b()));
            if (replies.size() > 1) {
                given.add(position == 0 ? replies.get(1).b() : replies.get(1).a());
            }
            OptionalDouble mean = given.stream().flatMapToInt(OptionalInt::stream).average();
            all &= mean.isPresent();
            if (mean.isPresent()) {
                session.judge(index, new Verdict.Score(position, mean));
            }
        }
        unscored += all ? 0 : 1;
    }
}
