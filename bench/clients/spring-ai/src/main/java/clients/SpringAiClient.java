package clients;

import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.api.OpenAiApi;
import org.springframework.ai.openai.api.ResponseFormat;
import org.springframework.ai.tool.annotation.Tool;

/** Spring AI against a server: $WEFT_URL. Prints what was tried, one JSON object a line. */
public final class SpringAiClient {
    private SpringAiClient() {}

    /** What a model may call. */
    static final class Weather {
        @Tool(description = "Weather of a city") String weather(String city) { return "21 degrees in " + city; }
    }

    /** What an answer is read as. */
    record Colour(String colour) {}

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
        OpenAiApi api = OpenAiApi.builder().baseUrl(System.getenv("WEFT_URL")).apiKey("none").build();
        OpenAiChatModel model = OpenAiChatModel.builder().openAiApi(api)
                .defaultOptions(OpenAiChatOptions.builder().model("weft").maxTokens(40).build()).build();
        check("a second turn with history", () -> {
            AssistantMessage first = model.call(new Prompt(List.of(new SystemMessage("Be brief."),
                    new UserMessage("Hi")))).getResult().getOutput();
            return require(model.call(new Prompt(List.of(new SystemMessage("Be brief."), new UserMessage("Hi"), first,
                    new UserMessage("And?")))).getMetadata().getUsage().getCompletionTokens() > 0, first.getText());
        });
        check("a stream", () -> {
            List<String> parts = ChatClient.create(model).prompt().user("Hi").stream().content().collectList().block();
            return require(parts != null && !parts.isEmpty(), String.join("", parts));
        });
        check("tools offered", () -> require(ChatClient.create(model).prompt().user("Hi").tools(new Weather()).call()
                .content() != null, ""));
        check("an answer held to a schema", () -> {
            String schema = "{\"type\": \"object\", \"properties\": {\"colour\": {\"enum\": [\"red\", \"blue\"]}}, "
                    + "\"required\": [\"colour\"], \"additionalProperties\": false}";
            Colour found = ChatClient.create(model).prompt().user("Name a colour.").options(OpenAiChatOptions.builder()
                    .model("weft").maxTokens(40).responseFormat(new ResponseFormat(ResponseFormat.Type.JSON_SCHEMA,
                    schema)).build()).call().entity(Colour.class);
            return require(List.of("red", "blue").contains(found.colour()), found.colour());
        });
        check("an embedding", () -> require(new OpenAiEmbeddingModel(api).embed("a").length > 0, ""));
        System.exit(0);
    }
}
