package io.weft.token.encode;

import io.weft.data.EncodingSettings;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.data.Thinking;
import io.weft.problem.UserError;
import io.weft.token.ChatForm;
import io.weft.token.ChatForms;
import io.weft.token.Tokenizer;
import io.weft.token.answer.Ending;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * How a model is spoken to: its tokenizer, and the prompt style that its prompts are built by, the same in training,
 * evaluation and serving.
 */
public record PromptFormat(Tokenizer tokenizer, PromptStyle style, EncodingSettings encoding,
        ConversationEncoder encoder) {
    /**
     * What a model's config.json says of the ids and lengths that it takes.
     *
     * @param vocabulary    rows of its embedding  @param vocabularyKey what the file calls them
     * @param context       most tokens, where it says so  @param contextKey what the file calls them
     */
    public record Bounds(Path config, int vocabulary, String vocabularyKey, OptionalInt context, String contextKey) {
        /** @throws UserError when the longest example is longer than the model's context */
        public void requireLength(int maxLength) {
            context.ifPresent(length -> {
                if (maxLength > length) {
                    throw UserError.of(
                            say("data.maxLength is %d, but the model's context ends at %d tokens (%s of %s); "
                            + "set data.maxLength=%d", maxLength, length, contextKey, config, length));
                }
            });
        }
    }

    /**
     * @param folder   with the tokenizer's and template's files
     * @param encoding what else decides about the ids
     * @throws UserError when the tokenizer is missing or the model does not know its end token, or the style needs a
     *     chat template that the folder lacks, or the settings say of it what it does not know
     */
    public static PromptFormat of(Path folder, Bounds bounds, PromptStyle style, int maxLength,
            OverLength overLength, EncodingSettings encoding) {
        return of(folder, folder, bounds, style, maxLength, overLength, encoding);
    }

    /**
     * The same of two folders. @param folder with the tokenizer's files  @param template with the chat template's
     */
    public static PromptFormat of(Path folder, Path template, Bounds bounds, PromptStyle style, int maxLength,
            OverLength overLength, EncodingSettings encoding) {
        Tokenizer tokenizer = Tokenizer.read(folder, bounds.vocabulary());
        return new PromptFormat(tokenizer, style, encoding, style == PromptStyle.TEMPLATE
                ? ConversationEncoder.ofTemplate(tokenizer, form(template).template(template, tokenizer).with(encoding),
                maxLength, overLength, encoding.border())
                : plain(tokenizer, style, maxLength, overLength, encoding));
    }

    /** The same of a model whose answers end there, too. */
    public PromptFormat endingAlsoAt(Ending more) {
        return new PromptFormat(tokenizer, style, encoding, encoder.endingAlsoAt(more));
    }

    /** The same that knows the labels of labelled texts, see {@link ConversationEncoder#labelled}. */
    public PromptFormat labelled(List<String> labels) {
        return new PromptFormat(tokenizer, style, encoding, encoder.labelled(labels));
    }

    /** The same behind a text, see {@link ConversationEncoder#behind}. */
    public PromptFormat behind(HardPrompt prompt) {
        return new PromptFormat(tokenizer, style, encoding, encoder.behind(prompt));
    }

    private static ConversationEncoder plain(Tokenizer tokenizer, PromptStyle style, int maxLength,
            OverLength overLength, EncodingSettings encoding) {
        if (encoding.thinking() != Thinking.AUTO) {
            throw UserError.of(say("data.thinking is %s, which a chat template is told, but data.prompt is %s and uses "
                    + "none; leave data.thinking out, or set data.prompt to template", encoding.thinking().word(),
                    style.word()));
        }
        return ConversationEncoder.ofText(tokenizer, style, maxLength, overLength, encoding.border());
    }

    private static ChatForm form(Path folder) {
        return ChatForms.of(folder).orElseThrow(() -> UserError.of(say(
                "%s has no chat template (neither chat_template.jinja nor chat_template in tokenizer_config.json); "
                + "set data.prompt to tutorial or plain", folder)));
    }
}
