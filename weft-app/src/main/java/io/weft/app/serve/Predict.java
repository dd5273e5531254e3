package io.weft.app.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.weft.app.api.IgnoredFields;
import io.weft.app.api.SamplingParameters;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.data.Message;
import io.weft.generate.Sampling;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * {@code POST /predict}: one prompt, one answer: its words, without what the model thought before them; or the verdict
 * of a model that reads rows, see {@link RowVerdict}.
 */
final class Predict implements Handler {
    static final Set<String> NAMES = Stream.concat(Stream.of("prompt", "max_tokens", "raw", "echo"),
            SamplingParameters.NAMES.stream()).collect(Collectors.toSet());
    private final Answerer answerer;
    private final ServeSettings settings;

    Predict(Answerer answerer, ServeSettings settings) {
        this.answerer = answerer;
        this.settings = settings;
    }

    @Override public void handle(Context context) throws IOException {
        RequestBody body = RequestBody.read(context, settings.maxBodyBytes());
        if (answerer.readout().isOfRows()) {
            context.contentType("application/json")
                    .result(new RowVerdict(answerer, settings).of(context, body).toString());
            return;
        }
        IgnoredFields ignored = new IgnoredFields(settings.api().strict());
        ignored.beside(body, NAMES);
        ignored.tell(context);
        String prompt = body.text("prompt");
        if (prompt.isBlank()) {
            throw Refusal.request("prompt", say("'prompt' is empty; write what is to be answered"));
        }
        boolean raw = body.flag("raw", false), echo = body.flag("echo", false);
        Sampling sampling = SamplingParameters.read(body, body.integerCut("max_tokens", 1, settings.maxNewTokens(),
                Math.min(Sampling.DEFAULTS.maxNewTokens(), settings.maxNewTokens())));
        Question.Asked asked = raw ? new Question.Asked.Raw(prompt)
                : new Question.Asked.Chat(List.of(Message.user(prompt)));
        StringBuilder response = new StringBuilder(echo ? prompt : "");
        Reply.Part.Done done = new ReplyReader(context, settings.deadline())
                .read(answerer.ask(Asking.of(context, answerer, new Question(asked, sampling, List.of()))),
                text -> response.append(text.words()));
        context.contentType("application/json").result(JsonNodeFactory.instance.objectNode().put("status", "success")
                .put("response", response.toString())
                .put("tokens_generated", done.generatedTokens()).toString());
    }
}
