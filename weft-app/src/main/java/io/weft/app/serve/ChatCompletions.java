package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * {@code POST /v1/chat/completions} as OpenAI's API has it, whole or as a stream of server-sent events. What a model
 * thinks before it answers is told apart, and there only where it thinks.
 */
final class ChatCompletions implements Handler {
    private final Answerer answerer;
    private final ServeSettings settings;

    ChatCompletions(Answerer answerer, ServeSettings settings) {
        this.answerer = answerer;
        this.settings = settings;
    }

    @Override public void handle(Context context) throws IOException {
        ChatRequest request = ChatRequest.of(RequestBody.read(context, settings.maxBodyBytes()),
                settings.maxNewTokens());
        Reply reply = answerer.ask(request.question());
        ReplyReader reader = new ReplyReader(context, settings.deadline());
        Completion completion = new Completion("chatcmpl-" + UUID.randomUUID().toString().replace("-", ""),
                System.currentTimeMillis() / 1000, answerer.model());
        if (request.stream()) {
            new Events(context, completion, request.usage()).send(reader, reply);
        } else {
            StringBuilder reasoning = new StringBuilder(), words = new StringBuilder();
            Reply.Part.Done done = reader.read(reply, text -> {
                reasoning.append(text.reasoning());
                words.append(text.words());
            });
            context.contentType("application/json")
                    .result(completion.whole(reasoning.toString(), words.toString(), done).toString());
        }
    }

    /** What all pieces of one answer share. @param created seconds since 1970 */
    private record Completion(String id, long created, String model) {
        ObjectNode whole(String reasoning, String words, Reply.Part.Done done) {
            ObjectNode root = start("chat.completion");
            ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
            ObjectNode message = choice.putObject("message").put("role", "assistant");
            if (!reasoning.isEmpty()) {
                message.put(ChatRequest.REASONING, reasoning);
            }
            message.put("content", words).putNull("refusal");
            choice.putNull("logprobs").put("finish_reason", done.finish());
            root.set("usage", usage(done));
            return root;
        }

        ObjectNode start(String object) {
            return JsonNodeFactory.instance.objectNode().put("id", id).put("object", object).put("created", created)
                    .put("model", model);
        }

        static ObjectNode usage(Reply.Part.Done done) {
            return JsonNodeFactory.instance.objectNode().put("prompt_tokens", done.promptTokens())
                    .put("completion_tokens", done.generatedTokens())
                    .put("total_tokens", done.promptTokens() + done.generatedTokens());
        }
    }

    /**
     * One answer as events. The status line goes out with the first of them, so what fails before has a status of its
     * own.
     */
    private static final class Events {
        private final Context context;
        private final Completion completion;
        private final boolean usage;
        private ServletOutputStream out;

        Events(Context context, Completion completion, boolean usage) {
            this.context = context;
            this.completion = completion;
            this.usage = usage;
        }

        void send(ReplyReader reader, Reply reply) throws IOException {
            try {
                Reply.Part.Done done = reader.read(reply, text -> {
                    more(ChatRequest.REASONING, text.reasoning());
                    more("content", text.words());
                });
                event(chunk(JsonNodeFactory.instance.objectNode(), done.finish()));
                if (usage) {
                    ObjectNode last = completion.start("chat.completion.chunk");
                    last.putArray("choices");
                    event(last.set("usage", Completion.usage(done)));
                }
                write("data: [DONE]\n\n");
            } catch (Refusal refusal) {
                if (out == null) {
                    throw refusal;
                }
                write("data: " + refusal.json() + "\n\n");
            }
        }

        private void more(String name, String text) throws IOException {
            if (!text.isEmpty()) {
                event(chunk(JsonNodeFactory.instance.objectNode().put(name, text), null));
            }
        }

        private ObjectNode chunk(ObjectNode delta, String finish) {
            ObjectNode root = completion.start("chat.completion.chunk");
            ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
            choice.set("delta", delta);
            choice.putNull("logprobs").put("finish_reason", finish);
            return usage ? root.putNull("usage") : root;
        }

        private void event(JsonNode json) throws IOException {
            if (out == null) {
                context.contentType("text/event-stream; charset=utf-8");
                context.header("X-Accel-Buffering", "no"); // a proxy in between shall pass events on as they come
                out = context.res().getOutputStream();
                write("data: " + chunk(JsonNodeFactory.instance.objectNode().put("role", "assistant")
                        .put("content", ""), null) + "\n\n");
            }
            write("data: " + json + "\n\n");
        }

        private void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }
}
