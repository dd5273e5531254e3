package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.app.api.ApiSettings;
import io.weft.app.http.Refusal;
import io.weft.app.http.RequestBody;
import io.weft.data.Message;
import io.weft.data.Thinking;
import io.weft.generate.AnswerForm;
import io.weft.generate.GenerationOptions;
import io.weft.generate.Penalties;
import io.weft.problem.Language;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What clients send, and what is asked of the model then. */
class ChatRequestTest {
    private static final String USER = "{\"role\": \"user\", \"content\": \"hi\"}";
    private static final String TOOL = "{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"parameters\": "
            + "{\"type\": \"object\", \"properties\": {\"city\": {\"$ref\": \"#/$defs/City\"}}, "
            + "\"$defs\": {\"City\": {\"type\": \"string\"}}}}}";
    private final ScriptedAnswerer answerer = new ScriptedAnswerer();

    @BeforeAll static void english() { Language.use(Language.ENGLISH); }

    private ChatRequest read(ServeSettings settings, String messages, String more) {
        return ChatRequest.of(RequestBody.of((ObjectNode) HttpClientOfTests.parse("{\"messages\": [" + messages + "]"
                + (more.isEmpty() ? "" : ", " + more) + "}")), answerer, settings);
    }

    private ChatRequest read(String messages, String more) { return read(ServeSettings.DEFAULTS, messages, more); }

    private Question asked(String more) { return read(USER, more).question(); }

    private static Question.Asked.Chat chat(ChatRequest request) {
        return (Question.Asked.Chat) request.question().asked();
    }

    private void refused(String messages, String more, String parameter, String part) {
        assertThatThrownBy(() -> read(messages, more)).as(messages + " " + more)
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.json().at("/error/param").asText()).isEqualTo(parameter);
                    assertThat(refusal.getMessage()).contains(part);
                });
    }

    @Test void whatAsksForNothingIsTaken() {
        String nothing = ", \"tool_calls\": %s, \"function_call\": null, \"refusal\": null, \"audio\": null, "
                + "\"annotations\": [], \"reasoning_content\": null, \"prefix\": false}";
        for (String content : List.of("\"ok\"", "null", "[]", "\"\"")) {
            for (String calls : List.of("null", "[]")) {
                ChatRequest request = read(USER + ", {\"role\": \"assistant\", \"content\": " + content
                        + nothing.formatted(calls) + ", " + USER, "\"tools\": [], \"functions\": [], \"stop\": null, "
                        + "\"function_call\": \"none\", \"response_format\": {\"type\": \"text\"}, "
                        + "\"tool_choice\": \"auto\", \"logit_bias\": {}, \"logprobs\": false, \"n\": 1, "
                        + "\"stream_options\": null, \"best_of\": 1, \"echo\": false, \"reasoning_effort\": \"none\"");
                assertThat(chat(request).messages()).containsExactly(Message.user("hi"),
                        Message.assistant(content.equals("\"ok\"") ? "ok" : ""), Message.user("hi"));
                assertThat(request.ignored().names()).isEmpty();
                assertThat(request.question().options())
                        .isEqualTo(GenerationOptions.PLAIN);
                assertThat(chat(request).tools()).isEmpty();
                assertThat(chat(request).variables()).isEmpty();
            }
        }
        assertThat(chat(read("{\"role\": \"user\", \"content\": \"x\"}, {\"role\": \"assistant\"}, " + USER, ""))
                .messages().get(1)).isEqualTo(Message.assistant(""));
    }

    @Test void behindTheAssistantsMessageAnAnswerGoesOn() {
        String begun = USER + ", {\"role\": \"assistant\", \"content\": \"Once\"%s}";
        for (String more : List.of("", "\"continue_final_message\": true", "\"add_generation_prompt\": false",
                "\"continue_final_message\": true, \"add_generation_prompt\": false",
                "\"add_generation_prompt\": true")) {
            assertThat(chat(read(begun.formatted(""), more)).continues()).as(more).isTrue();
        }
        assertThat(chat(read(begun.formatted(", \"prefix\": true"), "")).continues()).isTrue();
        assertThat(chat(read(USER, "\"add_generation_prompt\": true")).continues()).isFalse();
        refused(begun.formatted(""), "\"continue_final_message\": false", "continue_final_message", "leave");
        refused(USER, "\"continue_final_message\": true", "continue_final_message", "the last one is the user's");
        refused(USER, "\"add_generation_prompt\": false", "add_generation_prompt", "only behind");
        refused("{\"role\": \"user\", \"content\": \"x\", \"prefix\": true}", "", "messages[0].prefix", "last message");
        refused(begun.formatted(", \"prefix\": true") + ", " + USER, "", "messages[1].prefix", "last message");
        refused(begun.formatted(""), "\"tools\": [" + TOOL + "]", "tools", "goes on behind a message");
    }

    @Test void lengthIsWhatTheContextHasLeftUnlessLessIsAskedFor() {
        assertThat(asked("").sampling().maxNewTokens()).isEqualTo(ServeSettings.DEFAULTS.maxNewTokens());
        assertThat(asked("\"max_tokens\": 32000").sampling().maxNewTokens()).isEqualTo(32_000);
        assertThat(asked("\"max_tokens\": 99999999999999999999").sampling().maxNewTokens()).isEqualTo(1_000_000);
        assertThat(asked("\"max_tokens\": 50, \"max_completion_tokens\": 7").sampling().maxNewTokens()).isEqualTo(7);
        refused(USER, "\"max_tokens\": 0", "max_tokens", "from 1 up");
        refused(USER, "\"max_tokens\": 1.5", "max_tokens", "whole");
    }

    @Test void unknownFieldsAreNamedAndAStrictServerRefusesThem() {
        ChatRequest request = read("{\"role\": \"user\", \"content\": \"hi\", \"color\": \"red\"}",
                "\"topp\": 1, \"user\": \"u\", \"metadata\": {\"a\": \"b\"}");
        assertThat(request.ignored().names()).containsExactlyInAnyOrder("topp", "messages[].color");
        var strict = ServeSettings.DEFAULTS.with(new ApiSettings(true, false));
        assertThatThrownBy(() -> read(strict, USER, "\"topp\": 1")).isInstanceOf(Refusal.class)
                .hasMessageContaining("'topp' is not a parameter here; there are");
        assertThatThrownBy(() -> read(strict, "{\"role\": \"user\", \"content\": \"hi\", \"color\": \"red\"}", ""))
                .isInstanceOf(Refusal.class).hasMessageContaining("messages[].color");
        assertThat(chat(read(strict, USER, "\"user\": \"u\"")).strict()).isTrue();
    }

    @Test void whatWouldChangeTheAnswerAndIsNotKnownIsRefusedByName() {
        for (String each : List.of("\"functions\": [{}]", "\"best_of\": 3", "\"use_beam_search\": true",
                "\"min_tokens\": 5", "\"stop_token_ids\": [1]", "\"guided_grammar\": \"x\"", "\"prompt_logprobs\": 1",
                "\"ignore_eos\": true", "\"chat_template\": \"{{ x }}\"", "\"modalities\": [\"audio\"]")) {
            refused(USER, each, each.substring(1, each.indexOf('"', 1)), "not supported");
        }
    }

    @Test void samplingAndPenaltiesAreThoseOfTheirNames() {
        Question question = asked("\"temperature\": 1.3, \"top_p\": 0, \"top_k\": -1, \"seed\": 5, \"n\": 3, "
                + "\"frequency_penalty\": 0.5, \"presence_penalty\": -2, \"logit_bias\": {\"17\": -100, \"4\": 2.5}, "
                + "\"logprobs\": true, \"top_logprobs\": 4, \"stop\": \"end\"");
        assertThat(question.sampling().temperature()).isEqualTo(1.3);
        assertThat(question.sampling().topP()).isPositive().isLessThan(1e-100);
        assertThat(question.sampling().topK()).isZero();
        assertThat(question.sampling().seed()).isEqualTo(5);
        assertThat(question.options().choices()).isEqualTo(3);
        assertThat(question.options().logprobs()).isEqualTo(OptionalInt.of(4));
        assertThat(question.options().penalties()).isEqualTo(new Penalties(0.5, -2, Map.of(17, -100.0, 4, 2.5)));
        assertThat(question.stops()).containsExactly("end");
        assertThat(asked("\"logprobs\": true").options().logprobs()).isEqualTo(OptionalInt.of(0));
        refused(USER, "\"top_logprobs\": 3", "top_logprobs", "\"logprobs\": true");
        refused(USER, "\"n\": 17", "n", "from 1 to 16");
        refused(USER, "\"temperature\": 2.5", "temperature", "from 0.0 to 2.0");
        refused(USER, "\"frequency_penalty\": 3", "frequency_penalty", "from -2.0 to 2.0");
        refused(USER, "\"logit_bias\": {\"the\": 1}", "logit_bias", "no token id");
        refused(USER, "\"logit_bias\": {\"3\": 101}", "logit_bias.3", "from -100 to 100");
    }

    @Test void formsOfAnswersHaveTheNamesOfOpenAiAndOfVllm() {
        JsonNode schema = HttpClientOfTests.parse("{\"type\": \"object\"}");
        AnswerForm held = new AnswerForm.JsonSchema(schema);
        Map<String, AnswerForm> forms = Map.of("\"response_format\": {\"type\": \"json_object\"}",
                new AnswerForm.Json(), "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": "
                + "\"a\", \"strict\": true, \"schema\": {\"type\": \"object\"}}}", held,
                "\"response_format\": {\"type\": \"json_object\", \"schema\": {\"type\": \"object\"}}", held,
                "\"guided_json\": {\"type\": \"object\"}", held, "\"guided_json\": \"{\\\"type\\\": \\\"object\\\"}\"",
                held, "\"guided_regex\": \"[a-c]+\"", new AnswerForm.Pattern("[a-c]+"),
                "\"guided_choice\": [\"yes\", \"a+b\"]", new AnswerForm.Pattern("(yes|a\\+b)"),
                "\"structured_outputs\": {\"json\": {\"type\": \"object\"}}", held,
                "\"structured_outputs\": {\"choice\": [\"a\"]}", new AnswerForm.Pattern("(a)"));
        forms.forEach((more, form) -> assertThat(asked(more).options().form()).as(more).contains(form));
        refused(USER, "\"response_format\": {\"type\": \"xml\"}", "response_format.type", "json_schema");
        refused(USER, "\"response_format\": {\"type\": \"json_schema\"}", "response_format.json_schema.schema",
                "is missing");
        assertThat(asked("\"guided_regex\": \"([a-f{9}]{4}-){3}x{1,2000}\\\\{99999}\"").options().form()).isPresent();
        for (String huge : List.of("((a{1,1000}){1,1000}){1,1000}", "a{99999}", "(ab{500}){90}")) {
            refused(USER, "\"guided_regex\": \"" + huge + "\"", "guided_regex", "too often");
        }
        refused(USER, "\"guided_regex\": \"[\"", "guided_regex", "no regular expression");
        refused(USER, "\"guided_regex\": \"a\", \"guided_choice\": [\"b\"]", "guided_choice, guided_regex", "one form");
        refused(USER, "\"structured_outputs\": {\"grammar\": \"x\"}", "structured_outputs.grammar", "not supported");
    }

    @Test void theChatTemplateIsToldWhatIsItsAndNothingElse() {
        Question.Asked.Chat told = chat(read(USER, "\"chat_template_kwargs\": {\"mood\": \"kind\", \"level\": 3, "
                + "\"short\": true, \"none\": null, \"enable_thinking\": false}, \"reasoning_effort\": \"low\""));
        assertThat(told.variables()).isEqualTo(Map.of("mood", "kind", "level", 3L, "short", true, "reasoning_effort",
                "low"));
        assertThat(told.thinking()).isEqualTo(Thinking.OFF);
        assertThat(chat(read(USER, "\"enable_thinking\": true")).thinking()).isEqualTo(Thinking.ON);
        for (String name : List.of("messages", "tools", "tokenize", "add_generation_prompt")) {
            refused(USER, "\"chat_template_kwargs\": {\"" + name + "\": \"x\"}", "chat_template_kwargs." + name,
                    "cannot be given here");
        }
        refused(USER, "\"chat_template_kwargs\": {\"a\": [1]}", "chat_template_kwargs.a", "a number, true or false");
        refused(USER, "\"reasoning_effort\": \"huge\"", "reasoning_effort", "low, medium");
    }

    @Test void toolsCallsAndWhatTheyReturnedAreRead() {
        String turns = USER + ", {\"role\": \"assistant\", \"content\": null, \"tool_calls\": [{\"id\": \"c1\", "
                + "\"type\": \"function\", \"function\": {\"name\": \"weather\", "
                + "\"arguments\": \"{\\\"city\\\": \\\"北京\\\"}\"}}]}, "
                + "{\"role\": \"tool\", \"tool_call_id\": \"c1\", \"content\": \"21\"}";
        ChatRequest request = read(turns, "\"tools\": [" + TOOL + "]");
        Question.Asked.Chat chat = chat(request);
        assertThat(chat.tools()).hasSize(1);
        assertThat(chat.messages().get(1).fields()).isEqualTo(Map.of("tool_calls", List.of(Map.of("id", "c1", "type",
                "function", "function", Map.of("name", "weather", "arguments", Map.of("city", "北京"))))));
        assertThat(chat.messages().get(2)).isEqualTo(new Message("tool", "21", "", Map.of("tool_call_id", "c1")));
        assertThat(request.question().options().form()).as("it may call").isEmpty();
        assertThat(chat(read(turns, "\"tools\": [" + TOOL + "], \"tool_choice\": \"none\"")).tools()).isEmpty();
        refused(turns.replace("北京\\\"}", "北京"), "", "messages[1].tool_calls[0].function.arguments", "as a text");
        refused(USER, "\"tools\": [{\"type\": \"code\"}]", "tools[0]", "JSON schema");
        refused(USER, "\"tool_choice\": \"required\"", "tool_choice", "no tools were sent");
        refused(USER, "\"tools\": [" + TOOL + "], \"tool_choice\": {\"type\": \"function\", \"function\": "
                + "{\"name\": \"other\"}}", "tool_choice", "none of the tools");
        refused(USER + ", {\"role\": \"user\", \"content\": \"x\", \"tool_call_id\": \"c1\"}", "",
                "messages[1].tool_call_id", "role tool");
    }

    @Test void aCallThatMustBeMadeIsHeldToItsSchema() {
        for (String choice : List.of("\"required\"",
                "{\"type\": \"function\", \"function\": {\"name\": \"weather\"}}")) {
            AnswerForm form = asked("\"tools\": [" + TOOL + "], \"tool_choice\": " + choice).options().form()
                    .orElseThrow();
            JsonNode schema = ((AnswerForm.JsonSchema) form).schema();
            assertThat(schema.at("/properties/name/const").asText()).isEqualTo("weather");
            assertThat(schema.at("/properties/arguments/properties/city/$ref").asText()).isEqualTo("#/$defs/City");
            assertThat(schema.at("/$defs/City/type").asText()).as("where the reference points").isEqualTo("string");
        }
        String two = "\"tools\": [" + TOOL + ", " + TOOL.replace("weather", "climate") + "], ";
        JsonNode any = ((AnswerForm.JsonSchema) asked(two + "\"tool_choice\": \"required\"").options().form()
                .orElseThrow()).schema();
        assertThat(any.path("anyOf")).hasSize(2);
        refused(USER, two + "\"tool_choice\": \"required\", \"guided_regex\": \"a\"", "tool_choice", "either");
        refused(USER, "\"tool_choice\": \"required\", \"tools\": [" + TOOL + ", "
                + TOOL.replace("weather", "climate").replace("\"string\"", "\"number\"") + "]", "tools", "'City'");
    }

    @Test void theModelIsChosenByItsNameWhereThereAreSeveral() {
        assertThat(asked("\"model\": \"gpt-4o\"").model()).as("there is but one").isEmpty();
        answerer.models = List.of("scripted", "poems");
        assertThat(asked("\"model\": \"poems\"").model()).contains("poems");
        assertThat(asked("").model()).isEmpty();
        refused(USER, "\"model\": \"gpt-4o\"", "model", "there is scripted, poems");
    }
}
