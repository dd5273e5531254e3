package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.app.api.AnswerLength;
import io.weft.app.api.ChatMessages;
import io.weft.app.api.IgnoredFields;
import io.weft.app.api.ModelChoice;
import io.weft.app.api.NothingAsked;
import io.weft.app.api.OptionParameters;
import io.weft.app.api.SamplingParameters;
import io.weft.app.api.TemplateParameters;
import io.weft.app.api.ToolParameters;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.generate.AnswerForm;
import io.weft.generate.GenerationOptions;
import io.weft.generate.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * The body of {@code POST /v1/chat/completions}, checked.
 *
 * @param stream whether the answer comes piece by piece
 * @param usage  whether a stream ends with the token counts
 */
record ChatRequest(Question question, ToolParameters tools, boolean stream, boolean usage, IgnoredFields ignored) {
    static final String KWARGS = TemplateParameters.KWARGS;
    /** The full name of what says whether a model is to think first. */
    static final String THINKING = KWARGS + '.' + TemplateParameters.ENABLE;
    private static final int MOST_STOPS = 16, LONGEST_STOP = 200;
    /** What says who asks and how it is billed and kept: an answer does not depend on it. */
    static final Set<String> SILENT = Set.of("user", "metadata", "store", "service_tier", "safety_identifier",
            "prompt_cache_key", "prompt_cache_retention");
    /** Of every request that is answered by a text. */
    static final Set<String> SHARED = Stream.of(SILENT, SamplingParameters.NAMES,
            Set.of(ModelChoice.NAME, "stop", "stream", "stream_options")).flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());
    static final Set<String> NAMES = Stream.of(SHARED, ChatMessages.NAMES, AnswerLength.NAMES, OptionParameters.OF_CHAT,
            TemplateParameters.NAMES, ToolParameters.NAMES, NothingAsked.OF_CHAT.names()).flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    /** @throws Refusal naming the first parameter that cannot be */
    static ChatRequest of(RequestBody body, Answerer answerer, ServeSettings settings) {
        IgnoredFields ignored = new IgnoredFields(settings.api().strict());
        ignored.beside(body, NAMES);
        NothingAsked.OF_CHAT.check(body);
        Optional<String> model = ModelChoice.read(body, answerer.models());
        ChatMessages messages = ChatMessages.read(body, ignored);
        TemplateParameters template = TemplateParameters.read(body);
        ToolParameters tools = ToolParameters.read(body);
        if (!tools.tools().isEmpty() && messages.continues()) {
            throw Refusal.request("tools", say("an answer that goes on behind a message calls no tools; leave 'tools' "
                    + "out, or end with the user's message"));
        }
        Sampling sampling = SamplingParameters.read(body,
                AnswerLength.read(body, settings.maxNewTokens(), settings.maxNewTokens()));
        GenerationOptions options = formed(OptionParameters.ofChat(body), tools);
        boolean stream = body.flag("stream", false);
        var asked = new Question.Asked.Chat(messages.messages(), template.thinking(), tools.tools(),
                messages.continues(), template.variables(), settings.api().strict());
        return new ChatRequest(new Question(asked, sampling, stops(body), options, model), tools, stream,
                usage(body.get("stream_options"), stream), ignored);
    }

    private static GenerationOptions formed(GenerationOptions options, ToolParameters tools) {
        Optional<AnswerForm> call = tools.form();
        if (call.isEmpty()) {
            return options;
        }
        if (options.form().isPresent()) {
            throw Refusal.request("tool_choice", say("an answer is either a call that is required or of a form; leave "
                    + "one of them out"));
        }
        return new GenerationOptions(options.choices(), options.logprobs(), options.penalties(), call);
    }

    static List<String> stops(RequestBody body) { return body.texts("stop", MOST_STOPS, LONGEST_STOP); }

    static boolean usage(JsonNode options, boolean stream) {
        if (options.isMissingNode() || options.isNull()) {
            return false;
        }
        if (!options.isObject() || !stream) {
            throw RequestBody.wrong("stream_options", options, say("an object, together with \"stream\": true"));
        }
        JsonNode wanted = options.path("include_usage");
        if (!wanted.isMissingNode() && !wanted.isNull() && !wanted.isBoolean()) {
            throw RequestBody.wrong("stream_options.include_usage", wanted, say("true or false"));
        }
        return wanted.asBoolean();
    }
}
