package io.weft.compare;

import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.evaluate.Answers;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.HeldOutRows;
import io.weft.evaluate.sample.SampleAnswer;
import io.weft.evaluate.sample.SampleRow;
import io.weft.evaluate.sample.SampleRows;
import io.weft.generate.Answer.Finish;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.problem.UserError;
import io.weft.token.answer.AnswerText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * The rows that both runs were evaluated on, matched by what is asked and expected, with what each became of them.
 *
 * @param before     in the order of the first run  @param after the same rows, answered by the second run
 * @param onlyBefore rows that the first run alone was evaluated on
 */
record JudgedRows(List<SampleRow> before, List<SampleRow> after, int onlyBefore, int onlyAfter) {
    /** What tells rows apart: where they stand may have changed. */
    private record Content(List<Message> messages, String expected) {
        static Content of(SampleRow row) { return new Content(row.messages(), row.expected()); }
    }

    /** @throws UserError when the two have no row in common */
    static JudgedRows of(String first, SampleRows before, String second, SampleRows after) {
        Map<Content, Deque<SampleRow>> others = new HashMap<>();
        after.rows().forEach(row -> others.computeIfAbsent(Content.of(row), any -> new ArrayDeque<>()).add(row));
        List<SampleRow> common = new ArrayList<>(), matched = new ArrayList<>();
        for (SampleRow row : before.rows()) {
            Deque<SampleRow> same = others.getOrDefault(Content.of(row), new ArrayDeque<>());
            if (!same.isEmpty()) {
                common.add(row);
                matched.add(same.remove());
            }
        }
        if (common.isEmpty()) {
            throw UserError.of(before.rows().isEmpty() || after.rows().isEmpty()
                    ? say("the rows of %s ask nothing, so there are no answers to compare; weft evaluate %s %s "
                    + "compares their losses", before.rows().isEmpty() ? first : second, first, second)
                    : say("%s and %s were evaluated on different rows (%,d and %,d, none in both); judge them on the "
                    + "same ones with weft evaluate %s %s, or give both runs the same file as data.split.heldOut",
                    first, second, before.rows().size(), after.rows().size(), first, second));
        }
        return new JudgedRows(common, matched, before.rows().size() - common.size(),
                after.rows().size() - common.size());
    }

    /** The table of both. @param objective of the first run  @param losses whether both losses are of the same */
    Comparison table(String first, String second, Objective objective, boolean losses) {
        List<HeldOutRows.Question> questions = before.stream().map(row -> new HeldOutRows.Question(
                Conversation.answered(row.messages(), row.expected(), new Place("", row.number())),
                new int[0], false)).toList();
        HeldOutRows rows = new HeldOutRows(objective, questions, List.of(), before.size(), before.size());
        return Comparison.of(List.of(new Comparison.Entry(first, rows, answers(before, losses)),
                new Comparison.Entry(second, rows, answers(after, losses))), EvaluationSettings.DEFAULTS);
    }

    private static Answers answers(List<SampleRow> rows, boolean losses) {
        List<LossSum> each = losses ? rows.stream().map(row -> loss(tuned(row))).toList() : List.of();
        return new Answers(rows.stream().map(JudgedRows::tuned).map(answer -> new Answers.Reply(
                new AnswerText(answer.reasoning(), answer.answer()), answer.tokens(), finish(answer))).toList(),
                each.stream().reduce(LossSum.ZERO, LossSum::plus), each, 0);
    }

    private static LossSum loss(SampleAnswer answer) {
        return answer.loss().isEmpty() ? LossSum.ZERO
                : new LossSum(answer.loss().getAsDouble() * answer.counted(), answer.counted());
    }

    private static Finish finish(SampleAnswer answer) {
        return answer.finish().equals(Finish.LENGTH.word()) ? Finish.LENGTH : Finish.STOP;
    }

    /** Whether every row's loss is a mean over as many targets in both runs. */
    boolean countAlike() {
        return IntStream.range(0, before.size()).allMatch(i -> tuned(before.get(i)).counted()
                == tuned(after.get(i)).counted()) && before.stream().anyMatch(row -> tuned(row).counted() > 0);
    }

    static SampleAnswer tuned(SampleRow row) {
        return Optional.ofNullable(row.answers().get(SampleRows.TUNED)).orElseThrow(() -> UserError.of(
                say("the samples hold several models; evaluate each run by itself with weft evaluate RUN")));
    }

    /** Each row by exact match where the answers are labels, else by ROUGE-L. */
    List<RowChange> changes(boolean labels) {
        List<RowChange> changes = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            changes.add(new RowChange(i, before.get(i), after.get(i), score(before.get(i), labels),
                    score(after.get(i), labels)));
        }
        return changes;
    }

    private static double score(SampleRow row, boolean labels) {
        SampleAnswer answer = tuned(row);
        return labels || answer.rougeL().isEmpty() ? answer.exactMatch() ? 100 : 0 : answer.rougeL().getAsDouble();
    }
}
