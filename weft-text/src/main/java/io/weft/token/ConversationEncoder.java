package io.weft.token;

import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Packer;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.token.chat.MessageTemplate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Turns samples into examples, ids and loss mask together, and questions into the ids that a model is asked with: the
 * same way for training, evaluation and serving. What people wrote is ordinary text, even where it looks like a
 * special token. Counts what it did. Belongs to one thread at a time.
 *
 * <p>Without a chat template an example is the prompt and the answer, tokenised as one text, and the end token; what
 * follows the prompt's own number of tokens is trained, as TRL has it. With a chat template the rendered text is
 * tokenised as one, and a token is trained when it holds any of what the assistant said. A preference becomes two
 * documents, the prompt with each of its answers; of these, as of a labelled conversation, only the last answer counts.
 * A text is trained as a whole.
 */
public final class ConversationEncoder {
    private final Tokenizer tokenizer;
    private final Optional<MessageTemplate> template;
    private final SegmentEncoder segments;
    private final String answerMarker;
    private final int maxLength;
    private final OverLength overLength;
    private final AnswerFrame frame;
    private EncodeReport report = EncodeReport.NOTHING;

    private ConversationEncoder(Tokenizer tokenizer,
            Optional<MessageTemplate> template, String answerMarker, int maxLength, OverLength overLength,
            AnswerFrame frame) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.segments = new SegmentEncoder(tokenizer);
        this.answerMarker = answerMarker;
        this.maxLength = maxLength;
        this.overLength = overLength;
        this.frame = frame;
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
        return new ConversationEncoder(tokenizer, Optional.empty(), style.build("", ""), maxLength, overLength,
                AnswerFrame.ofWords(new Ending(tokenizer.endIds(), List.of())));
    }

    /**
     * Conversations as a chat template renders them, special tokens and end tokens included.
     *
     * @param maxLength most tokens of an example
     */
    public static ConversationEncoder ofTemplate(Tokenizer tokenizer, MessageTemplate template, int maxLength,
            OverLength overLength) {
        return new ConversationEncoder(tokenizer, Optional.of(template), "", maxLength, overLength,
                new FrameProbe(tokenizer, template).frame());
    }

    /** One that encodes alike, for another thread, and counts anew. */
    public ConversationEncoder another() {
        return new ConversationEncoder(tokenizer, template, answerMarker, maxLength, overLength, frame);
    }

    /**
     * What becomes of a sample: one group, none when it is dropped, or several where a long text goes on from one to
     * the next.
     *
     * @throws UserError when it is too long and refused, or cannot be told without a chat template
     */
    public List<ExampleGroup> encode(Sample sample) {
        List<MaskedTokens> whole = drafts(sample.conversations(), sample.judgesLastAnswer());
        boolean isText = sample instanceof Text;
        if (isText) {
            whole = List.of(draft((Text) sample));
        }
        int longest = longest(whole);
        boolean fits = longest <= maxLength;
        if (!fits && overLength == OverLength.REFUSE) {
            throw UserError.of(say("%s: %d tokens, but data.maxLength is %d; raise it, shorten the row or set "
                    + "data.overLength to cut or drop", sample.place(), longest, maxLength));
        }
        List<List<MaskedTokens>> kept = fits ? List.of(whole) : overLength == OverLength.DROP ? List.of()
                : isText ? split(whole.get(0))
                : List.of(overLength == OverLength.CUT_END ? whole.stream().map(each -> each.first(maxLength)).toList()
                : cut(sample, whole));
        List<ExampleGroup> groups = kept.stream().filter(group -> group.stream().allMatch(MaskedTokens::hasTarget))
                .map(group -> new ExampleGroup(group.stream().map(each -> new Example(each.ids(), each.trained()))
                .toList())).toList();
        report = report.plus(groups, longest, !fits && !isText, !fits && isText);
        return groups;
    }

    private static int longest(List<MaskedTokens> documents) {
        return documents.stream().mapToInt(each -> each.ids().length).max().orElseThrow();
    }

    /**
     * A text of any length is laid out in documents of the longest length allowed and a rest; of a rest of a single
     * token nothing can be learned.
     */
    private List<List<MaskedTokens>> split(MaskedTokens text) {
        return Packer.slices(new int[] {text.ids().length}, maxLength).stream()
                .map(piece -> List.of(text.part(piece.from(), piece.length()))).toList();
    }

    /**
     * The groups of samples, without those dropped.
     *
     * @throws UserError naming every sample that is refused
     */
    public List<ExampleGroup> encodeAll(Iterable<? extends Sample> samples) {
        List<ExampleGroup> groups = new ArrayList<>();
        Problems problems = new Problems(say("the data"));
        for (Sample sample : samples) {
            try {
                groups.addAll(encode(sample));
            } catch (UserError e) {
                problems.add(e.getMessage());
            }
        }
        problems.throwIfAny();
        return groups;
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
            return segments.encode(template.get().render(messages, true)).ids();
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
        MaskedTokens cut = template.isPresent() ? cutPrompt(messages, limit)
                : textPrompt(messages.get(0).content(), ids).shortened(limit);
        if (cut.ids().length == 0) {
            throw UserError.of(say("a prompt of at most %d tokens leaves no room for the text around the question; "
                    + "allow more", limit));
        }
        return cut.ids();
    }

    /**
     * Ids of a text that the model reads as it is and goes on with, the spellings of special tokens being these: behind
     * what the tokenizer puts before every text, unless the text itself begins with that. Never cut.
     */
    public int[] encodeText(String text) {
        int[] before = tokenizer.prefix(), ids = tokenizer.encodeContinued(text);
        boolean begun = before.length > 0 && ids.length >= before.length
                && Arrays.equals(before, Arrays.copyOf(ids, before.length));
        return begun ? ids : join(before, ids);
    }

    /** What a model says behind {@link #encodeText}: all of it is words, up to what ends an answer. */
    public AnswerStream textStream() { return new AnswerStream(tokenizer, AnswerFrame.ofWords(frame.ending())); }

    /** What ends an answer: what stands behind a trained one, and the tokenizer's own end tokens. */
    public Ending ending() { return frame.ending(); }

    /** Tells apart what a model answers to {@link #encodePrompt}. May be called by any thread. */
    public AnswerStream answerStream() { return new AnswerStream(tokenizer, frame); }

    /** A whole answer, as {@link #answerStream} tells it apart. */
    public AnswerText answer(int[] ids) {
        AnswerStream stream = answerStream();
        var reasoning = new StringBuilder();
        var words = new StringBuilder();
        for (int i = 0; i <= ids.length; i++) {
            AnswerStream.Piece piece = i < ids.length ? stream.push(ids[i]) : stream.finish();
            reasoning.append(piece.reasoning());
            words.append(piece.words());
        }
        return new AnswerText(reasoning.toString(), words.toString());
    }

    /** The words of a whole answer. */
    public String answerText(int[] ids) { return answer(ids).words(); }

    /** What the row's author answered, told apart by the same rule, so that it can be compared with an answer. */
    public AnswerText expected(Conversation row) {
        Message answer = row.answerTurn();
        AnswerText written = AnswerStream.tellApart(tokenizer, frame.asWritten(), answer.content());
        return answer.reasoning().isEmpty() ? written : new AnswerText(answer.reasoning(), written.words());
    }

    private List<MaskedTokens> drafts(List<Conversation> conversations, boolean lastAnswerOnly) {
        return conversations.stream().map(each -> draft(each, lastAnswerOnly)).toList();
    }

    private MaskedTokens draft(Conversation conversation, boolean lastAnswerOnly) {
        if (template.isPresent()) {
            MaskedTokens whole = rendered(conversation.messages());
            return lastAnswerOnly && conversation.asked().stream().anyMatch(Message::isAssistant)
                    ? whole.learnedFrom(common(encodePrompt(conversation.asked()), whole.ids())) : whole;
        }
        if (!conversation.isSingleTurn()) {
            throw severalTurns(conversation.place().toString());
        }
        return answered(conversation.messages().get(0).content(), conversation.answer());
    }

    private MaskedTokens draft(Text text) {
        return template.isPresent() ? rendered(List.of(Message.assistant(text.text()))) : answered("", text.text());
    }

    private MaskedTokens rendered(List<Message> messages) {
        return MaskedTokens.of(segments.encode(template.orElseThrow().render(messages, false)));
    }

    private MaskedTokens answered(String prompt, String answer) {
        int[] before = tokenizer.prefix();
        int[] ids = join(before, tokenizer.encodePlain(prompt + answer), new int[] {tokenizer.eos().orElseThrow()});
        int promptLength = Math.min(before.length + tokenizer.encodePlain(prompt).length, ids.length - 1);
        return MaskedTokens.ofText(ids, before.length, promptLength);
    }

    /** How many tokens both begin with. */
    private static int common(int[] prompt, int[] whole) {
        int mismatch = Arrays.mismatch(prompt, whole);
        return mismatch < 0 ? prompt.length : mismatch;
    }

    private static UserError severalTurns(String place) {
        return UserError.of(
                say("%s: several messages, which only a chat template can tell apart; set data.prompt to template",
                place));
    }

    /**
     * Each document as long as is allowed, the question cut alike in all of them. With a template the oldest exchanges
     * go first, as long as one is left.
     */
    private List<MaskedTokens> cut(Sample sample, List<MaskedTokens> whole) {
        if (template.isEmpty()) {
            int marker = markerTokens(sample.asked().get(0).content());
            return MaskedTokens.shortened(whole.stream().map(each -> each.keepingMarker(marker)).toList(), maxLength);
        }
        List<Conversation> left = sample.conversations();
        List<MaskedTokens> documents = whole;
        while (longest(documents) > maxLength) {
            List<Conversation> fewer = left.stream().flatMap(each -> withoutOldestExchange(each.messages()).stream()
                    .map(messages -> new Conversation(messages, each.place()))).toList();
            if (fewer.size() < left.size()) {
                return MaskedTokens.shortened(documents, maxLength);
            }
            left = fewer;
            documents = drafts(left, sample.judgesLastAnswer());
        }
        return documents;
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

    /** As {@link #cut}, of what is asked. */
    private MaskedTokens cutPrompt(List<Message> messages, int limit) {
        MaskedTokens draft = MaskedTokens.of(segments.encode(template.orElseThrow().render(messages, true)));
        return draft.ids().length <= limit ? draft : withoutOldestExchange(messages)
                .map(fewer -> cutPrompt(fewer, limit)).orElseGet(() -> draft.shortened(limit));
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
