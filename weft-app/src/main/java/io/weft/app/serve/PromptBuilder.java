package io.weft.app.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.app.http.Refusal;
import io.weft.data.Message;
import io.weft.data.PromptStyle;
import io.weft.data.Thinking;
import io.weft.problem.UserError;
import io.weft.token.Tokenizer;
import io.weft.token.answer.AnswerStream;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.tool.CallFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import static io.weft.problem.Language.say;

/** Makes a model's prompt of what a client asks. Called by one thread at a time. */
@FunctionalInterface
public interface PromptBuilder {
    /** @throws UserError when the model cannot be asked so, e.g. with tools that its chat template does not show */
    int[] ids(Question.Asked asked);

    /** A decoder of the answer. May be called by any thread. */
    default AnswerStream answerStream(Question.Asked asked, Tokenizer tokenizer) {
        return AnswerStream.plain(tokenizer);
    }

    /** How the model writes calls of tools; empty where it is shown none. May be called by any thread. */
    default Optional<CallFormat> calls() { return Optional.empty(); }

    /** Prompts built as the model was tuned. @param encoder of {@code style} */
    static PromptBuilder of(ConversationEncoder encoder, PromptStyle style) { return new Tuned(encoder, style); }

    /** As a model was tuned. */
    final class Tuned implements PromptBuilder {
        private static final ObjectMapper JSON = new ObjectMapper();
        private static final String EFFORT = "reasoning_effort";
        private final ConversationEncoder encoder;
        private final PromptStyle style;
        private final Map<Thinking, ConversationEncoder> encoders;
        private final Optional<CallFormat> calls;

        Tuned(ConversationEncoder encoder, PromptStyle style) {
            this.encoder = encoder;
            this.style = style;
            encoders = new ConcurrentHashMap<>(Map.of(Thinking.AUTO, encoder));
            calls = encoder.calls();
        }

        @Override public Optional<CallFormat> calls() { return calls; }

        @Override public int[] ids(Question.Asked asked) {
            if (asked instanceof Question.Asked.Read read) {
                List<Message> prompt = single(read.text());
                return read.response().map(response -> encoder.encodeAnswered(prompt, response))
                        .orElseGet(() -> encoder.encodePrompt(prompt));
            }
            if (asked instanceof Question.Asked.Ids given) {
                return given.ids();
            }
            if (asked instanceof Question.Asked.Raw raw) {
                return encoder.encodeText(raw.text());
            }
            Question.Asked.Chat chat = (Question.Asked.Chat) asked;
            ConversationEncoder told = given(told(chat), chat);
            List<Message> turns = style.takesSeveralTurns() ? chat.messages() : folded(chat);
            return chat.continues() ? told.encodeBegun(turns) : told.encodePrompt(turns);
        }

        @Override public AnswerStream answerStream(Question.Asked asked, Tokenizer tokenizer) {
            if (!(asked instanceof Question.Asked.Chat chat)) {
                return encoder.textStream();
            }
            ConversationEncoder told = told(chat);
            return chat.continues() ? told.begunStream()
                    : told.answerStream(chat.tools().isEmpty() ? Set.of() : calls.map(CallFormat::marks)
                    .orElse(Set.of()));
        }

        private ConversationEncoder told(Question.Asked.Chat chat) {
            return encoders.computeIfAbsent(chat.thinking(), thinking -> {
                try {
                    return encoder.telling(thinking);
                } catch (UserError e) {
                    throw unknown(ChatRequest.THINKING);
                }
            });
        }

        private ConversationEncoder given(ConversationEncoder told, Question.Asked.Chat chat) {
            ConversationEncoder with = told;
            if (!chat.tools().isEmpty()) {
                with = offering(with, chat);
            }
            for (Map.Entry<String, Object> each : chat.variables().entrySet()) {
                with = given(with, each.getKey(), each.getValue());
            }
            return with;
        }

        private static ConversationEncoder given(ConversationEncoder told, String name, Object value) {
            try {
                return told.given(Map.of(name, value));
            } catch (UserError e) {
                throw unknown(name.equals(EFFORT) ? EFFORT : ChatRequest.KWARGS + '.' + name);
            }
        }

        private static ConversationEncoder offering(ConversationEncoder told, Question.Asked.Chat chat) {
            List<?> tools = chat.tools().stream().map(tool -> JSON.convertValue(tool, LinkedHashMap.class)).toList();
            try {
                return told.given(Map.of("tools", tools));
            } catch (UserError e) {
                throw Refusal.request(400, "unsupported_parameter", "tools",
                        say("this model's chat template shows no tools, so it was not made to call any; leave 'tools' "
                        + "out, or serve a model that knows them"));
            }
        }

        private static Refusal unknown(String name) {
            return Refusal.request(400, "unsupported_parameter", name,
                    say("this model's chat template knows no such setting; leave '%s' out", name));
        }

        private List<Message> single(String text) {
            return List.of(Message.user(style.takesSeveralTurns() ? text : style.build(text, "")));
        }

        /** The one prompt that a conversation becomes, and behind it the answer that is begun, where one is. */
        private List<Message> folded(Question.Asked.Chat chat) {
            List<Message> turns = chat.messages(), asked = chat.continues() ? turns.subList(0, turns.size() - 1)
                    : turns;
            boolean one = asked.size() == 1 && asked.get(0).role().equals("user");
            if (!one && chat.strict()) {
                throw UserError.of(say("this model was tuned on single prompts (data.prompt: %s) and has no chat "
                        + "template in use; send exactly one message, the user's", style.word()));
            }
            if (turns.stream().anyMatch(turn -> turn.role().equals("tool") || !turn.fields().isEmpty())) {
                throw UserError.of(say("this model was tuned on single prompts (data.prompt: %s) and has no chat "
                        + "template in use, which calls of tools need", style.word()));
            }
            Message prompt = Message.user(one ? style.build(asked.get(0).content(), "") : style.ask(asked));
            return chat.continues() ? List.of(prompt, turns.get(turns.size() - 1)) : List.of(prompt);
        }
    }
}
