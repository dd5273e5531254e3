package io.weft.app.serve;

import io.weft.app.http.Refusal;
import io.weft.data.Message;
import io.weft.data.PromptStyle;
import io.weft.data.Thinking;
import io.weft.problem.UserError;
import io.weft.token.Tokenizer;
import io.weft.token.answer.AnswerStream;
import io.weft.token.encode.ConversationEncoder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import static io.weft.problem.Language.say;

/** Makes a model's prompt of what a client asks. Called by one thread at a time. */
@FunctionalInterface
public interface PromptBuilder {
    /** @throws UserError when the model cannot be asked so, e.g. several turns without a chat template */
    int[] ids(Question.Asked asked);

    /** A decoder of the answer. May be called by any thread. */
    default AnswerStream answerStream(Question.Asked asked, Tokenizer tokenizer) {
        return AnswerStream.plain(tokenizer);
    }

    /** Prompts built as the model was tuned. @param encoder of {@code style} */
    static PromptBuilder of(ConversationEncoder encoder, PromptStyle style) {
        Map<Thinking, ConversationEncoder> encoders = new ConcurrentHashMap<>(Map.of(Thinking.AUTO, encoder));
        return new PromptBuilder() {
            @Override public int[] ids(Question.Asked asked) {
                if (asked instanceof Question.Asked.Read read) {
                    List<Message> prompt = styled(List.of(Message.user(read.text())), style);
                    return read.response().map(response -> encoder.encodeAnswered(prompt, response))
                            .orElseGet(() -> encoder.encodePrompt(prompt));
                }
                return asked instanceof Question.Asked.Chat chat
                        ? told(chat).encodePrompt(styled(chat.messages(), style))
                        : encoder.encodeText(((Question.Asked.Raw) asked).text());
            }

            @Override public AnswerStream answerStream(Question.Asked asked, Tokenizer tokenizer) {
                return asked instanceof Question.Asked.Chat chat ? told(chat).answerStream() : encoder.textStream();
            }

            private ConversationEncoder told(Question.Asked.Chat chat) {
                return encoders.computeIfAbsent(chat.thinking(), thinking -> telling(encoder, thinking));
            }
        };
    }

    private static ConversationEncoder telling(ConversationEncoder encoder, Thinking thinking) {
        try {
            return encoder.telling(thinking);
        } catch (UserError e) {
            throw Refusal.request(400, "unsupported_parameter", ChatRequest.THINKING,
                    say("this model's chat template knows no such setting; leave '%s' out", ChatRequest.THINKING));
        }
    }

    private static List<Message> styled(List<Message> messages, PromptStyle style) {
        if (style.takesSeveralTurns()) {
            return messages;
        }
        if (messages.size() != 1 || !messages.get(0).role().equals("user")) {
            throw UserError.of(say("this model was tuned on single prompts (data.prompt: %s) and has no chat template "
                    + "in use; send exactly one message, the user's", style.word()));
        }
        return List.of(Message.user(style.build(messages.get(0).content(), "")));
    }
}
