package io.weft.token;

import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.Message;
import io.weft.data.PromptStyle;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Turns conversations into examples, ids and loss mask together, and questions into the ids that a model is asked with:
 * the same way for training, evaluation and serving. What people wrote is ordinary text, even where it looks like a
 * special token. Counts what it did. Belongs to one thread at a time.
 *
 * <p>Without a chat template an example is the prompt and the answer, tokenised as one text, and the end token; what
 * follows the prompt's own number of tokens is trained, as TRL has it. A conversation of a single assistant message is
 * a text by itself, trained as a whole. With a chat template the rendered text is tokenised as one, and a token is
 * trained when it holds any of what the assistant said.
 */
public final class ConversationEncoder {
    private final Tokenizer tokenizer;
    private final Optional<MessageTemplate> template;
    private final PieceEncoder pieces;
    private final String answerMarker;
    private final int maxLength;
    private final OverLength overLength;
    private EncodeReport report = EncodeReport.NOTHING;

    private ConversationEncoder(Tokenizer tokenizer,
            Optional<MessageTemplate> template, String answerMarker, int maxLength, OverLength overLength) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.pieces = new PieceEncoder(tokenizer);
        this.answerMarker = answerMarker;
        this.maxLength = maxLength;
        this.overLength = overLength;
    }

    /**
     * Prompt text then answer text. The prompts come ready made, see {@link PromptStyle#build}.
     *
     * @param style     {@link PromptStyle#TUTORIAL}, whose answer marker is never cut, or {@link PromptStyle#PLAIN}
     * @param maxLength most tokens of an example
     * @throws UserError when the tokenizer names no end token
     */
    public static ConversationEncoder ofText(Tokenizer tokenizer, PromptStyle style, int maxLength,
            OverLength overLength) {
        if (tokenizer.eos().isEmpty()) {
            throw UserError.of(
                    say("tokenizer_config.json: eos_token is missing; an answer needs a token that ends it"));
        }
        return new ConversationEncoder(tokenizer, Optional.empty(), style.build("", ""), maxLength, overLength);
    }

    /**
     * Conversations as a chat template renders them, special tokens and end tokens included.
     *
     * @param maxLength most tokens of an example
     */
    public static ConversationEncoder ofTemplate(Tokenizer tokenizer, MessageTemplate template, int maxLength,
            OverLength overLength) {
        return new ConversationEncoder(tokenizer, Optional.of(template), "", maxLength, overLength);
    }

    /**
     * The example of a conversation, or nothing when it is dropped.
     *
     * @throws UserError when it is too long and refused, or cannot be told without a chat template
     */
    public Optional<Example> encode(Conversation conversation) {
        MaskedTokens whole = draft(conversation);
        int length = whole.ids().length;
        if (length > maxLength && overLength == OverLength.REFUSE) {
            throw UserError.of(say("%s: %d tokens, but data.maxLength is %d; raise it, shorten the row or set "
                    + "data.overLength to cut or drop", conversation.place(), length, maxLength));
        }
        MaskedTokens kept = length <= maxLength ? whole : switch (overLength) {
            case CUT -> cut(conversation, whole);
            case CUT_END -> whole.first(maxLength);
            default -> MaskedTokens.NOTHING;
        };
        boolean dropped = !kept.hasTarget();
        Optional<Example> example = dropped ? Optional.empty() : Optional.of(new Example(kept.ids(), kept.trained()));
        report = new EncodeReport(report.encoded() + (dropped ? 0 : 1),
                report.cut() + (dropped || length <= maxLength ? 0 : 1), report.dropped() + (dropped ? 1 : 0),
                report.tokens() + (dropped ? 0 : kept.ids().length),
                report.trainedTokens() + example.map(Example::trainedTokens).orElse(0),
                Math.max(report.longest(), length));
        return example;
    }

    /**
     * The examples of conversations, without those dropped.
     *
     * @throws UserError naming every conversation that is refused
     */
    public List<Example> encodeAll(Iterable<Conversation> conversations) {
        List<Example> examples = new ArrayList<>();
        Problems problems = new Problems(say("the data"));
        for (Conversation conversation : conversations) {
            try {
                encode(conversation).ifPresent(examples::add);
            } catch (UserError e) {
                problems.add(e.getMessage());
            }
        }
        problems.throwIfAny();
        return examples;
    }

    /** What became of everything encoded so far. */
    public EncodeReport report() { return report; }

    /**
     * Ids that ask for an answer: the rendered messages up to where the assistant begins, or the one prompt. Never cut.
     *
     * @throws UserError as {@link #encode}
     */
    public int[] encodePrompt(List<Message> messages) {
        if (template.isPresent()) {
            return pieces.encode(template.get().render(messages, true)).ids();
        }
        if (messages.size() != 1 || messages.get(0).isAssistant()) {
            throw severalTurns(say("the request"));
        }
        return join(tokenizer.prefix(), tokenizer.encodePlain(messages.get(0).content()));
    }

    /**
     * As {@link #encodePrompt(List)}, shortened as {@link OverLength#CUT} shortens what is asked when it is longer than
     * the limit.
     *
     * @throws UserError also when not even the template's own text fits
     */
    public int[] encodePrompt(List<Message> messages, int limit) {
        int[] ids = encodePrompt(messages);
        if (ids.length <= limit) {
            return ids;
        }
        MaskedTokens cut = template.isPresent() ? cutTemplate(messages, true, limit)
                : textPrompt(messages.get(0).content(), ids).shortened(limit);
        if (cut.ids().length == 0) {
            throw UserError.of(say("a prompt of at most %d tokens leaves no room for the text around the question; "
                    + "allow more", limit));
        }
        return cut.ids();
    }

    /**
     * A decoder of what a model answers to {@link #encodePrompt}: special tokens give nothing, nor does what the
     * template has between prompt and answer. May be called by any thread.
     */
    public DecodeStream answerStream() {
        return new DecodeStream(tokenizer, true, template.map(MessageTemplate::answerOpening).orElse(""));
    }

    /** The text of a whole answer, as {@link #answerStream} gives it. */
    public String answerText(int[] ids) {
        DecodeStream stream = answerStream();
        var text = new StringBuilder();
        for (int id : ids) {
            text.append(stream.push(id));
        }
        return text.append(stream.finish()).toString();
    }

    private MaskedTokens draft(Conversation conversation) {
        if (template.isPresent()) {
            return MaskedTokens.of(pieces.encode(template.get().render(conversation.messages(), false)));
        }
        boolean alone = conversation.messages().size() == 1 && conversation.messages().get(0).isAssistant();
        if (!alone && !conversation.isSingleTurn()) {
            throw severalTurns(conversation.place().toString());
        }
        String prompt = alone ? "" : conversation.messages().get(0).content();
        int[] before = tokenizer.prefix();
        int[] ids = join(before, tokenizer.encodePlain(prompt + conversation.answer()),
                new int[] {tokenizer.eos().orElseThrow()});
        int promptLength = Math.min(before.length + tokenizer.encodePlain(prompt).length, ids.length - 1);
        return MaskedTokens.ofText(ids, before.length, promptLength);
    }

    private static UserError severalTurns(String place) {
        return UserError.of(
                say("%s: several messages, which only a chat template can tell apart; set data.prompt to template",
                place));
    }

    private MaskedTokens cut(Conversation conversation, MaskedTokens whole) {
        if (template.isPresent()) {
            return cutTemplate(conversation.messages(), false, maxLength);
        }
        return whole.keepingMarker(markerTokens(conversation.messages().get(0).content())).shortened(maxLength);
    }

    private MaskedTokens textPrompt(String prompt, int[] ids) {
        return MaskedTokens.ofText(ids, tokenizer.prefix().length, ids.length).keepingMarker(markerTokens(prompt));
    }

    /** The last tokens of a prompt that hold its answer marker. */
    private int markerTokens(String prompt) {
        if (answerMarker.isEmpty() || !prompt.endsWith(answerMarker)) {
            return 0;
        }
        int[] ends = tokenizer.encodeGuarded(prompt).ends();
        return (int) Arrays.stream(ends).filter(end -> end > prompt.length() - answerMarker.length()).count();
    }

    /** The oldest exchanges go first, as long as one is left; then text as {@link MaskedTokens#shortened} takes it. */
    private MaskedTokens cutTemplate(List<Message> messages, boolean answerNext, int limit) {
        List<Message> left = messages;
        while (true) {
            MaskedTokens draft = MaskedTokens.of(pieces.encode(template.orElseThrow().render(left, answerNext)));
            if (draft.ids().length <= limit) {
                return draft;
            }
            Optional<List<Message>> fewer = withoutOldestExchange(left);
            if (fewer.isEmpty()) {
                return draft.shortened(limit);
            }
            left = fewer.get();
        }
    }

    /**
     * System messages at the front stay; all from there to the second user message goes. Empty when there is no second
     * one.
     */
    private static Optional<List<Message>> withoutOldestExchange(List<Message> messages) {
        int first = 0;
        while (first < messages.size() && !messages.get(first).role().equals("user")) {
            first++;
        }
        for (int second = first + 1; second < messages.size(); second++) {
            if (messages.get(second).role().equals("user")) {
                List<Message> left = new ArrayList<>(messages.subList(0, first).stream()
                        .filter(message -> !message.isAssistant()).toList());
                left.addAll(messages.subList(second, messages.size()));
                return Optional.of(left);
            }
        }
        return Optional.empty();
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
