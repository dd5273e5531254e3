package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.weft.app.api.AnswerLength;
import io.weft.app.api.EventStream;
import io.weft.app.api.IgnoredFields;
import io.weft.app.api.Logprobs;
import io.weft.app.api.ModelChoice;
import io.weft.app.api.NothingAsked;
import io.weft.app.api.OptionParameters;
import io.weft.app.api.SamplingParameters;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.generate.GenerationOptions;
import io.weft.generate.Sampling;
import io.weft.generate.TokenLogprob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * {@code POST /v1/completions} as OpenAI's API has it: texts, or ids, that the model reads as they are and goes on
 * with; whole or as a stream of server-sent events.
 */
final class Completions implements Handler {
    private static final String PROMPT = "prompt", ECHO = "echo";
    static final Set<String> NAMES = Stream.of(ChatRequest.SHARED, AnswerLength.NAMES, OptionParameters.OF_TEXT,
            NothingAsked.OF_TEXT.names(), Set.of(PROMPT, ECHO)).flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());
    private static final int MOST_PROMPTS = 128;
    /** OpenAI's, where a request says nothing. */
    private static final int USUAL_LENGTH = 16;
    private final Answerer answerer;
    private final ServeSettings settings;

    Completions(Answerer answerer, ServeSettings settings) {
        this.answerer = answerer;
        this.settings = settings;
    }

    /** @param asked of each prompt */
    private record Request(List<Question> questions, boolean echo, boolean stream, boolean usage,
            IgnoredFields ignored) {
        int choices() { return questions.get(0).options().choices(); }
    }

    @Override public void handle(Context context) throws IOException {
        Request request = request(RequestBody.read(context, settings.maxBodyBytes()));
        request.ignored.tell(context);
        List<String> echoed = new ArrayList<>();
        for (Question question : request.questions) {
            echoed.add(request.echo ? text(question.asked()) : "");
        }
        List<Reply> replies = new ArrayList<>();
        try {
            for (Question question : request.questions) {
                replies.add(answerer.ask(Asking.of(context, answerer, question)));
            }
            ReplyReader reader = new ReplyReader(context, settings.deadline());
            Answers answers = new Answers(request, echoed, "cmpl-" + UUID.randomUUID().toString().replace("-", ""),
                    System.currentTimeMillis() / 1000,
                    request.questions.get(0).model().orElse(answerer.model()),
                    new Logprobs(id -> answerer.text(new int[] {id})));
            if (request.stream) {
                answers.send(new EventStream(context), reader, replies);
            } else {
                context.contentType("application/json").result(answers.whole(reader, replies).toString());
            }
        } finally {
            replies.forEach(Reply::cancel);              // where one of them could not be asked or failed
        }
    }

    private Request request(RequestBody body) {
        IgnoredFields ignored = new IgnoredFields(settings.api().strict());
        ignored.beside(body, NAMES);
        NothingAsked.OF_TEXT.check(body);
        Optional<String> model = ModelChoice.read(body, answerer.models());
        List<Question.Asked> prompts = prompts(body.get(PROMPT));
        Sampling sampling = SamplingParameters.read(body,
                AnswerLength.read(body, settings.maxNewTokens(), USUAL_LENGTH));
        GenerationOptions options = OptionParameters.ofText(body);
        boolean echo = body.flag(ECHO, false), stream = body.flag("stream", false);
        if (echo && options.logprobs().isPresent()) {
            throw Refusal.request(400, "unsupported_parameter", "logprobs",
                    say("log-probabilities of a prompt are not told here; leave 'echo' or 'logprobs' out"));
        }
        List<String> stops = ChatRequest.stops(body);
        return new Request(prompts.stream().map(prompt -> new Question(prompt, sampling, stops, options, model))
                .toList(), echo, stream, ChatRequest.usage(body.get("stream_options"), stream), ignored);
    }

    /** A text, a list of texts, ids, or a list of lists of ids. */
    private static List<Question.Asked> prompts(JsonNode given) {
        boolean ids = given.isArray() && !given.isEmpty() && given.get(0).isNumber();
        List<Question.Asked> prompts = new ArrayList<>();
        for (JsonNode each : given.isArray() && !ids ? given : List.of(given)) {
            if (each.isTextual() && !each.asText().isEmpty()) {
                prompts.add(new Question.Asked.Raw(each.asText()));
            } else if (each.isArray() && !each.isEmpty()) {
                prompts.add(new Question.Asked.Ids(ids(each)));
            } else {
                throw wrong(each.isValueNode() ? each : given);
            }
        }
        if (prompts.isEmpty() || prompts.size() > MOST_PROMPTS) {
            throw wrong(given);
        }
        return prompts;
    }

    private static int[] ids(JsonNode given) {
        int[] ids = new int[given.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = given.get(i);
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() < 0) {
                throw wrong(id);
            }
            ids[i] = id.asInt();
        }
        return ids;
    }

    private static Refusal wrong(JsonNode found) {
        return RequestBody.wrong(PROMPT, found, say("a text, token ids, or a list of 1 to %d of these", MOST_PROMPTS));
    }

    private String text(Question.Asked asked) {
        return asked instanceof Question.Asked.Ids given ? answerer.text(given.ids())
                : ((Question.Asked.Raw) asked).text();
    }

    /** What all pieces of one answer share. @param created seconds since 1970 */
    private record Answers(Request request, List<String> echoed, String id, long created, String model,
            Logprobs logprobs) {
        ObjectNode whole(ReplyReader reader, List<Reply> replies) {
            ObjectNode root = start();
            ArrayNode all = root.putArray("choices");
            List<Reply.Part.Done> done = new ArrayList<>();
            for (int prompt = 0; prompt < replies.size(); prompt++) {
                int count = request.choices();
                List<StringBuilder> texts = new ArrayList<>();
                List<List<TokenLogprob>> places = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    texts.add(new StringBuilder(echoed.get(prompt)));
                    places.add(new ArrayList<>());
                }
                Reply.Part.Done end = reader.read(replies.get(prompt), part -> {
                    texts.get(part.choice()).append(part.words());
                    places.get(part.choice()).addAll(part.logprobs());
                });
                done.add(end);
                for (int i = 0; i < count; i++) {
                    choice(all, prompt * count + i, texts.get(i).toString(), places.get(i), 0, end.finishes().get(i));
                }
            }
            root.set("usage", usage(done));
            return root;
        }

        void send(EventStream stream, ReplyReader reader, List<Reply> replies) throws IOException {
            try {
                List<Reply.Part.Done> done = new ArrayList<>();
                for (int prompt = 0; prompt < replies.size(); prompt++) {
                    int first = prompt * request.choices();
                    int[] said = new int[request.choices()];
                    for (int i = 0; i < said.length && !echoed.get(prompt).isEmpty(); i++) {
                        stream.event(chunk(first + i, echoed.get(prompt), List.of(), 0, null));
                        said[i] = echoed.get(prompt).length();
                    }
                    Reply.Part.Done end = reader.read(replies.get(prompt), new ReplyReader.Sink() {
                        @Override public void text(Reply.Part.Text part) throws IOException {
                            stream.event(chunk(first + part.choice(), part.words(), part.logprobs(),
                                    said[part.choice()], null));
                            said[part.choice()] += part.words().length();
                        }

                        @Override public void waiting(int ahead) throws IOException {
                            stream.comment("waiting " + ahead);
                        }
                    });
                    for (int i = 0; i < said.length; i++) {
                        stream.event(chunk(first + i, "", List.of(), said[i], end.finishes().get(i)));
                    }
                    done.add(end);
                }
                if (request.usage) {
                    ObjectNode last = start();
                    last.putArray("choices");
                    stream.event(last.set("usage", usage(done)));
                }
                stream.done();
            } catch (Refusal refusal) {
                if (!stream.isOpen()) {
                    throw refusal;
                }
                stream.event(refusal.json());
            }
        }

        private ObjectNode chunk(int index, String text, List<TokenLogprob> places, int offset, String finish) {
            ObjectNode root = start();
            choice(root.putArray("choices"), index, text, places, offset, finish);
            return request.usage ? root.putNull("usage") : root;
        }

        private void choice(ArrayNode all, int index, String text, List<TokenLogprob> places, int offset,
                String finish) {
            ObjectNode choice = all.addObject().put("index", index).put("text", text);
            choice.set("logprobs", places.isEmpty() ? null : logprobs.ofText(places, offset));
            choice.put("finish_reason", finish);
        }

        private ObjectNode start() {
            return JsonNodeFactory.instance.objectNode().put("id", id).put("object", "text_completion")
                    .put("created", created).put("model", model);
        }

        private static ObjectNode usage(List<Reply.Part.Done> done) {
            int prompt = done.stream().mapToInt(Reply.Part.Done::promptTokens).sum();
            int generated = done.stream().mapToInt(Reply.Part.Done::generatedTokens).sum();
            ObjectNode usage = JsonNodeFactory.instance.objectNode().put("prompt_tokens", prompt)
                    .put("completion_tokens", generated).put("total_tokens", prompt + generated);
            usage.putObject("prompt_tokens_details")
                    .put("cached_tokens", done.stream().mapToInt(Reply.Part.Done::cachedTokens).sum());
            return usage;
        }
    }
}
