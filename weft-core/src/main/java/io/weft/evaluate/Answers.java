package io.weft.evaluate;

import io.weft.generate.Answer.Finish;
import io.weft.objective.LossSum;
import io.weft.token.answer.AnswerText;
import java.util.List;

/**
 * What one model made of the held-out rows.
 *
 * @param replies in the order of the questions
 * @param loss    over what the objective counts
 * @param each    the loss of each example; empty where an objective makes its own rows, and where nobody kept them
 * @param seconds that answering took
 */
public record Answers(List<Reply> replies, LossSum loss, List<LossSum> each, double seconds) {
    /** One answer. @param tokens that the model made, the end token among them */
    public record Reply(AnswerText answer, int tokens, Finish finish) {
        /** An answer without reasoning. */
        public Reply(String words, int tokens, Finish finish) { this(new AnswerText("", words), tokens, finish); }

        /** What the model said, which is what is judged. */
        public String text() { return answer.words(); }

        /** What it thought before that; "" when nothing was. */
        public String reasoning() { return answer.reasoning(); }

        /** Whether it says nothing but white space. */
        public boolean isEmpty() { return text().isBlank(); }
    }

    public Answers {
        replies = List.copyOf(replies);
        each = List.copyOf(each);
    }

    /** With a loss of which the rows are not known. */
    public Answers(List<Reply> replies, LossSum loss, double seconds) { this(replies, loss, List.of(), seconds); }

    public List<String> texts() { return replies.stream().map(Reply::text).toList(); }

    /** Tokens of all answers. */
    public long tokens() { return replies.stream().mapToLong(Reply::tokens).sum(); }

    /** Answers that did not come to their end within the tokens they were given. */
    public int unended() { return (int) replies.stream().filter(reply -> reply.finish() == Finish.LENGTH).count(); }

    /** Answers that say nothing. */
    public int empty() { return (int) replies.stream().filter(Reply::isEmpty).count(); }

    public double tokensPerSecond() { return seconds > 0 ? tokens() / seconds : 0; }
}
