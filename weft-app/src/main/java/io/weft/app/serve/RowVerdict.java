package io.weft.app.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.generate.Sampling;
import io.weft.generate.Verdict;
import io.weft.nn.Readout;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * What a model says of a row that it reads. A classifier: {@code prompt -> status, label, probability, probabilities,
 * tokens_read}; a reward model: {@code prompt, response -> status, score, tokens_read}.
 */
final class RowVerdict {
    private final Answerer answerer;
    private final ServeSettings settings;

    RowVerdict(Answerer answerer, ServeSettings settings) {
        this.answerer = answerer;
        this.settings = settings;
    }

    /** @throws Refusal when the body asks for anything else */
    ObjectNode of(Context context, RequestBody body) {
        boolean scores = answerer.readout() == Readout.SCORE;
        body.allowOnly(scores ? Set.of("prompt", "response") : Set.of("prompt"));
        String prompt = body.text("prompt");
        if (prompt.isBlank()) {
            throw Refusal.request("prompt", say("'prompt' is empty; write the text that is to be judged"));
        }
        var asked = new Question.Asked.Read(prompt, scores ? Optional.of(body.text("response")) : Optional.empty());
        Verdict[] verdict = new Verdict[1];
        Reply.Part.Done done = new ReplyReader(context, settings.deadline())
                .read(answerer.ask(Asking.of(context, answerer, new Question(asked, Sampling.DEFAULTS, List.of()))),
                new ReplyReader.Sink() {
            @Override public void text(Reply.Part.Text text) {
                throw new IllegalStateException("a text where a verdict was asked for");
            }

            @Override public void verdict(Verdict said) { verdict[0] = said; }
        });
        return json(verdict[0]).put("tokens_read", done.promptTokens());
    }

    private static ObjectNode json(Verdict verdict) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("status", "success");
        if (verdict.isScore()) {
            return json.put("score", verdict.score());
        }
        double[] probabilities = verdict.probabilities();
        json.put("label", verdict.label()).put("probability", verdict.probability());
        ObjectNode each = json.putObject("probabilities");
        for (int label = 0; label < probabilities.length; label++) {
            each.put(verdict.labels().get(label), probabilities[label]);
        }
        return json;
    }
}
