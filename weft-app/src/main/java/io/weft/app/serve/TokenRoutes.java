package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.weft.app.api.ChatMessages;
import io.weft.app.api.IgnoredFields;
import io.weft.app.api.ModelChoice;
import io.weft.app.api.TemplateParameters;
import io.weft.app.api.ToolParameters;
import io.weft.app.http.RequestBody;
import io.weft.app.http.ServerDefaults;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * Tokens without an answer: {@code POST /v1/tokenize} tells the ids of a text, or of a conversation as the model would
 * be asked with it, and their number; {@code POST /v1/detokenize} the text of ids.
 */
final class TokenRoutes {
    private static final String PROMPT = "prompt", MESSAGES = "messages", TOKENS = "tokens";
    static final Set<String> TOKENIZE = Stream.of(Set.of(PROMPT, ModelChoice.NAME), ChatMessages.NAMES,
            TemplateParameters.NAMES, ToolParameters.NAMES).flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());
    static final Set<String> DETOKENIZE = Set.of(TOKENS, ModelChoice.NAME);
    private static final int MOST_TOKENS = 1_000_000;
    private final Answerer answerer;
    private final ServeSettings settings;

    TokenRoutes(Answerer answerer, ServeSettings settings) {
        this.answerer = answerer;
        this.settings = settings;
    }

    void tokenize(Context context) throws IOException {
        RequestBody body = RequestBody.read(context, settings.maxBodyBytes());
        IgnoredFields ignored = new IgnoredFields(settings.api().strict());
        ignored.beside(body, TOKENIZE);
        ModelChoice.read(body, answerer.models());
        int[] ids = answerer.ids(body.has(MESSAGES) ? chat(body, ignored)
                : new Question.Asked.Raw(body.text(PROMPT)));
        ignored.tell(context);
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("count", ids.length);
        ArrayNode tokens = root.putArray(TOKENS);
        for (int id : ids) {
            tokens.add(id);
        }
        ServerDefaults.json(context, root);
    }

    private Question.Asked chat(RequestBody body, IgnoredFields ignored) {
        ChatMessages messages = ChatMessages.read(body, ignored);
        TemplateParameters template = TemplateParameters.read(body);
        return new Question.Asked.Chat(messages.messages(), template.thinking(), ToolParameters.read(body).tools(),
                messages.continues(), template.variables(), settings.api().strict());
    }

    void detokenize(Context context) throws IOException {
        RequestBody body = RequestBody.read(context, settings.maxBodyBytes());
        IgnoredFields ignored = new IgnoredFields(settings.api().strict());
        ignored.beside(body, DETOKENIZE);
        ModelChoice.read(body, answerer.models());
        JsonNode tokens = body.get(TOKENS);
        int[] ids = new int[tokens.size()];
        boolean wrong = !tokens.isArray() || ids.length > MOST_TOKENS;
        for (int i = 0; i < ids.length && !wrong; i++) {
            wrong = !tokens.get(i).isIntegralNumber() || !tokens.get(i).canConvertToInt();
            ids[i] = tokens.get(i).asInt();
        }
        if (wrong) {
            throw RequestBody.wrong(TOKENS, tokens, say("a list of token ids"));
        }
        ignored.tell(context);
        ServerDefaults.json(context, JsonNodeFactory.instance.objectNode().put(PROMPT, answerer.text(ids)));
    }
}
