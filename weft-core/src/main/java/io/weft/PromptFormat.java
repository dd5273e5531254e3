package io.weft;

import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.data.prepare.DataSettings;
import io.weft.model.HfConfig;
import io.weft.problem.UserError;
import io.weft.token.ChatGlm3Form;
import io.weft.token.ChatTemplate;
import io.weft.token.ConversationEncoder;
import io.weft.token.MessageTemplate;
import io.weft.token.Piece;
import io.weft.token.Rendered;
import io.weft.token.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * How a model is spoken to: its tokenizer, and the prompt style that its prompts are built by, the same in training,
 * evaluation and serving.
 */
public record PromptFormat(Tokenizer tokenizer, PromptStyle style, ConversationEncoder encoder) {
    /**
     * @param folder with the tokenizer's and template's files
     * @throws UserError when the tokenizer is missing or makes ids that the model does not know, or the style needs a
     *     chat template that the folder lacks
     */
    public static PromptFormat of(Path folder, HfConfig config, PromptStyle style, int maxLength,
            OverLength overLength) {
        Tokenizer tokenizer = Tokenizer.read(folder);
        if (tokenizer.size() > config.vocabulary()) {
            throw UserError.of(say("%s: the tokenizer has ids up to %d, but the model's embedding ends at %d (%s of "
                    + "%s); these two do not belong together", folder, tokenizer.size() - 1, config.vocabulary() - 1,
                    config.spelt("vocab_size"), config.file()));
        }
        ConversationEncoder encoder = style == PromptStyle.TEMPLATE
                ? ConversationEncoder.ofTemplate(tokenizer, template(folder, tokenizer), maxLength, overLength)
                : ConversationEncoder.ofText(tokenizer, style, maxLength, overLength);
        return new PromptFormat(tokenizer, style, encoder);
    }

    /**
     * As {@link #of(Path, HfConfig, PromptStyle, int, OverLength)}, as a recipe says.
     *
     * @throws UserError also when its maxLength is longer than the model's context
     */
    static PromptFormat of(Path folder, HfConfig config, PromptStyle style, DataSettings settings) {
        config.contextLength().ifPresent(length -> {
            if (settings.maxLength() > length) {
                throw UserError.of(say("data.maxLength is %d, but the model's context ends at %d tokens (%s of %s); "
                        + "set data.maxLength=%d", settings.maxLength(), length,
                        config.spelt("max_position_embeddings"), config.file(), length));
            }
        });
        return of(folder, config, style, settings.maxLength(), settings.overLength());
    }

    private static MessageTemplate template(Path folder, Tokenizer tokenizer) {
        Optional<ChatGlm3Form> form = ChatGlm3Form.of(folder, tokenizer);
        if (form.isPresent()) {
            return form.get();
        }
        ChatTemplate template = ChatTemplate.read(folder).orElseThrow(() -> UserError.of(say(
                "%s has no chat template (neither chat_template.jinja nor chat_template in tokenizer_config.json); "
                + "set data.prompt to tutorial or plain", folder)));
        Optional<Piece> end = tokenizer.eos().isPresent() ? tokenizer.token(tokenizer.eos().getAsInt())
                .map(text -> new Piece(text, false, true)) : Optional.empty();
        return (messages, answerNext) -> {
            Rendered rendered = answerNext ? template.renderPrompt(messages) : template.renderWithSpans(messages);
            // Some templates end the assistant's last turn with nothing; what is trained on that never stops.
            return !answerNext && rendered.endsOpen() && end.isPresent()
                    ? Stream.concat(rendered.pieces().stream(), end.stream()).toList() : rendered.pieces();
        };
    }
}
