package io.weft.app.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.weft.app.api.ChatMessages;
import io.weft.app.api.EventStream;
import io.weft.app.api.Logprobs;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.generate.TokenLogprob;
import io.weft.token.tool.ToolCall;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/**
 * {@code POST /v1/chat/completions} as OpenAI's API has it, whole or as a stream of server-sent events. What a model
 * thinks before it answers is told apart, and there only where it thinks; so are its calls of tools.
 */
final class ChatCompletions implements Handler {
    private final Answerer answerer;
    private final ServeSettings settings;

    ChatCompletions(Answerer answerer, ServeSettings settings) {
        this.answerer = answerer;
        this.settings = settings;
    }

    @Override public void handle(Context context) throws IOException {
        ChatRequest request = ChatRequest.of(RequestBody.read(context, settings.maxBodyBytes()), answerer, settings);
        request.ignored().tell(context);
        Question question = Asking.of(context, answerer, request.question());
        Reply reply = answerer.ask(question);
        ReplyReader reader = new ReplyReader(context, settings.deadline());
        Completion completion = new Completion("chatcmpl-" + UUID.randomUUID().toString().replace("-", ""),
                System.currentTimeMillis() / 1000, question.model().orElse(answerer.model()),
                question.options().logprobs().isPresent(),
                new Logprobs(id -> answerer.text(new int[] {id})));
        ChatChoices choices = new ChatChoices(question.options().choices(), request.tools(), answerer.calls());
        if (request.stream()) {
            new Events(new EventStream(context), completion, choices, request.usage()).send(reader, reply);
        } else {
            Reply.Part.Done done = reader.read(reply, choices::take);
            context.contentType("application/json").result(completion.whole(choices, done).toString());
        }
    }

    /** What all pieces of one answer share. @param created seconds since 1970 */
    private record Completion(String id, long created, String model, boolean tellsLogprobs, Logprobs logprobs) {
        ObjectNode whole(ChatChoices choices, Reply.Part.Done done) {
            ObjectNode root = start("chat.completion");
            ArrayNode all = root.putArray("choices");
            for (int i = 0; i < choices.all().size(); i++) {
                choices.finish(i);
                ChatChoices.Choice choice = choices.all().get(i);
                ObjectNode node = all.addObject().put("index", i), message = node.putObject("message")
                        .put("role", "assistant");
                if (!choice.reasoning().isEmpty()) {
                    message.put(ChatMessages.REASONING, choice.reasoning());
                }
                message.put("content", choice.words().isEmpty() && !choice.calls().isEmpty() ? null : choice.words());
                if (!choice.calls().isEmpty()) {
                    ArrayNode calls = message.putArray("tool_calls");
                    choice.calls().forEach(call -> call(calls.addObject(), call.name(), call.arguments()));
                }
                message.putNull("refusal");
                node.set("logprobs", tellsLogprobs ? logprobs.ofChat(choice.logprobs()) : null);
                node.put("finish_reason", choice.finish(done.finishes().get(i)));
            }
            root.set("usage", usage(done));
            return root;
        }

        static void call(ObjectNode node, String name, String arguments) {
            node.put("id", "call_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24))
                    .put("type", "function").putObject("function").put("name", name).put("arguments", arguments);
        }

        ObjectNode start(String object) {
            return JsonNodeFactory.instance.objectNode().put("id", id).put("object", object).put("created", created)
                    .put("model", model);
        }

        static ObjectNode usage(Reply.Part.Done done) {
            ObjectNode usage = JsonNodeFactory.instance.objectNode().put("prompt_tokens", done.promptTokens())
                    .put("completion_tokens", done.generatedTokens())
                    .put("total_tokens", done.promptTokens() + done.generatedTokens());
            usage.putObject("prompt_tokens_details").put("cached_tokens", done.cachedTokens());
            return usage;
        }
    }

    /** One answer as events. */
    private record Events(EventStream stream, Completion completion, ChatChoices choices, boolean usage) {
        void send(ReplyReader reader, Reply reply) throws IOException {
            try {
                boolean[] begun = new boolean[choices.all().size()];
                Reply.Part.Done done = reader.read(reply, new ReplyReader.Sink() {
                    @Override public void text(Reply.Part.Text text) throws IOException {
                        begin(begun, text.choice());
                        tell(choices.take(text));
                    }

                    @Override public void waiting(int ahead) throws IOException { stream.comment("waiting " + ahead); }
                });
                for (int i = 0; i < begun.length; i++) {
                    begin(begun, i);
                    tell(choices.finish(i));
                    stream.event(chunk(i, JsonNodeFactory.instance.objectNode(), List.of(),
                            choices.all().get(i).finish(done.finishes().get(i))));
                }
                if (usage) {
                    ObjectNode last = completion.start("chat.completion.chunk");
                    last.putArray("choices");
                    stream.event(last.set("usage", Completion.usage(done)));
                }
                stream.done();
            } catch (Refusal refusal) {
                if (!stream.isOpen()) {
                    throw refusal;
                }
                stream.event(refusal.json());
            }
        }

        private void begin(boolean[] begun, int choice) throws IOException {
            if (!begun[choice]) {
                begun[choice] = true;
                stream.event(chunk(choice, JsonNodeFactory.instance.objectNode().put("role", "assistant")
                        .put("content", ""), List.of(), null));
            }
        }

        private void tell(ChatChoices.News news) throws IOException {
            if (!news.reasoning().isEmpty()) {
                more(news, ChatMessages.REASONING, news.reasoning(), news.words().isEmpty());
            }
            if (!news.words().isEmpty() || news.reasoning().isEmpty() && !news.logprobs().isEmpty()) {
                more(news, "content", news.words(), true);
            }
            for (int i = 0; i < news.calls().size(); i++) {
                ToolCall call = news.calls().get(i);
                // its name first and its arguments then, as clients that show a call while it is made expect them
                ObjectNode begun = JsonNodeFactory.instance.objectNode(), rest = begun.objectNode();
                Completion.call(begun.putArray("tool_calls").addObject().put("index", news.firstCall() + i),
                        call.name(), "");
                rest.putArray("tool_calls").addObject().put("index", news.firstCall() + i).putObject("function")
                        .put("arguments", call.arguments());
                stream.event(chunk(news.choice(), begun, List.of(), null));
                stream.event(chunk(news.choice(), rest, List.of(), null));
            }
        }

        private void more(ChatChoices.News news, String name, String text, boolean last) throws IOException {
            stream.event(chunk(news.choice(), JsonNodeFactory.instance.objectNode().put(name, text),
                    last ? news.logprobs() : List.of(), null));
        }

        private ObjectNode chunk(int index, ObjectNode delta, List<TokenLogprob> places,
                String finish) {
            ObjectNode root = completion.start("chat.completion.chunk");
            ObjectNode choice = root.putArray("choices").addObject().put("index", index);
            choice.set("delta", delta);
            choice.set("logprobs", completion.tellsLogprobs() && !places.isEmpty()
                    ? completion.logprobs().ofChat(places) : null);
            choice.put("finish_reason", finish);
            return usage ? root.putNull("usage") : root;
        }
    }
}
