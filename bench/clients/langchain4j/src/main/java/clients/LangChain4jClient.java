package clients;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** LangChain4j against a server: $WEFT_URL. Prints what was tried, one JSON object a line. */
public final class LangChain4jClient {
    private static final String URL = System.getenv("WEFT_URL") + "/v1";
    private static final ToolSpecification WEATHER = ToolSpecification.builder().name("weather")
            .description("Weather of a city").parameters(JsonObjectSchema.builder()
            .addEnumProperty("city", List.of("Beijing", "Shanghai")).required("city").additionalProperties(false)
            .build()).build();

    private LangChain4jClient() {}

    private static void check(String name, Callable<String> body) {
        String told;
        boolean ok = true;
        try {
            told = body.call();
        } catch (Exception | LinkageError e) {
            ok = false;
            told = e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        System.out.println("{\"check\": \"" + name + "\", \"ok\": " + ok + ", \"note\": \""
                + String.valueOf(told).replaceAll("[\"\\\\\\p{Cntrl}]", " ") + "\"}");
    }

    private static String require(boolean held, String told) {
        if (!held) {
            throw new IllegalStateException(told);
        }
        return told;
    }

    public static void main(String[] arguments) {
        OpenAiChatModel model = OpenAiChatModel.builder().baseUrl(URL).apiKey("none").modelName("weft").maxTokens(60)
                .maxRetries(0).build();
        check("a second turn with history", () -> {
            List<ChatMessage> turns = new ArrayList<>(List.of(SystemMessage.from("Be brief."), UserMessage.from("Hi")));
            ChatResponse first = model.chat(turns);
            turns.add(first.aiMessage());
            turns.add(UserMessage.from("And?"));
            return require(model.chat(turns).tokenUsage().outputTokenCount() > 0, first.aiMessage().text());
        });
        check("a stream", () -> {
            CompletableFuture<ChatResponse> done = new CompletableFuture<>();
            StringBuilder text = new StringBuilder();
            OpenAiStreamingChatModel.builder().baseUrl(URL).apiKey("none").modelName("weft").maxTokens(12).build()
                    .chat("Hi", new StreamingChatResponseHandler() {
                @Override public void onPartialResponse(String part) { text.append(part); }

                @Override public void onCompleteResponse(ChatResponse response) { done.complete(response); }

                @Override public void onError(Throwable error) { done.completeExceptionally(error); }
            });
            return require(done.get(120, TimeUnit.SECONDS).aiMessage().text().contentEquals(text), text.toString());
        });
        check("a tool that must be called, and its result sent back", () -> {
            List<ChatMessage> turns = new ArrayList<>(List.of(UserMessage.from("Weather in Beijing?")));
            AiMessage called = model.chat(ChatRequest.builder().messages(turns).toolSpecifications(WEATHER)
                    .toolChoice(ToolChoice.REQUIRED).build()).aiMessage();
            ToolExecutionRequest call = called.toolExecutionRequests().get(0);
            turns.add(called);
            turns.add(ToolExecutionResultMessage.from(call, "21 degrees"));
            model.chat(ChatRequest.builder().messages(turns).toolSpecifications(WEATHER).build());
            return require(call.name().equals("weather") && call.arguments().contains("city"), call.arguments());
        });
        check("an answer held to a schema", () -> {
            JsonSchema schema = JsonSchema.builder().name("Colour").rootElement(JsonObjectSchema.builder()
                    .addEnumProperty("colour", List.of("red", "blue")).required("colour").additionalProperties(false)
                    .build()).build();
            String text = model.chat(ChatRequest.builder().messages(UserMessage.from("Name a colour."))
                    .responseFormat(ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build())
                    .build()).aiMessage().text();
            return require(text.matches("(?s)\\s*\\{\\s*\"colour\"\\s*:\\s*\"(red|blue)\"\\s*}\\s*"), text);
        });
        check("an embedding", () -> require(OpenAiEmbeddingModel.builder().baseUrl(URL).apiKey("none")
                .modelName("weft").build().embed("a").content().vector().length > 0, ""));
        System.exit(0);
    }
}
