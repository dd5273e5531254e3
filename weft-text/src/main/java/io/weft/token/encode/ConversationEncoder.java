package io.weft.token.encode;

import io.weft.data.Border;
import io.weft.data.Conversation;
import io.weft.data.EncodingSettings;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Excerpt;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Packer;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.data.Thinking;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.token.Tokenizer;
import io.weft.token.answer.AnswerFrame;
import io.weft.token.answer.AnswerStream;
import io.weft.token.answer.AnswerText;
import io.weft.token.answer.Ending;
import io.weft.token.answer.FrameProbe;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.chat.TemplateRefusal;
import io.weft.token.read.TokenRefusal;
import io.weft.token.tool.CallFormat;
import io.weft.token.tool.CallFormats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * Turns samples into examples, ids and loss mask together, and questions into the ids that a model is asked with: the
 * same way for training, evaluation and serving. What people wrote is ordinary text, even where it looks like a
 * special token. Counts what it did. Belongs to one thread at a time.
 *
 * <p>Without a chat template an example is the prompt, the answer and the end token. With a chat template it is the
 * rendered text, and a token is trained when it holds any of what the assistant said. The ids that ask for an answer
 * are how the example with it begins, see {@link Border}. A preference becomes two documents, the prompt with each of
 * its answers; of these, as of a judged conversation, only the last answer counts. A text is trained as a whole. Of a
 * labelled text no token is trained: its document is what asks for an answer, and its label is said beside it.
 */
public final class ConversationEncoder {
    private final Tokenizer tokenizer;
    private final Documents documents;
    private final Border border;
    private final Optional<MessageTemplate> template;
    private final AnswerFrame frame;
    private final int maxLength;
    private final OverLength overLength;
    private final List<String> labels;
    private final List<SetAside> setAside = new ArrayList<>();
    private EncodeReport report = EncodeReport.NOTHING;

    private ConversationEncoder(Tokenizer tokenizer, Documents documents, Border border,
            Optional<MessageTemplate> template, AnswerFrame frame, int maxLength, OverLength overLength,
            List<String> labels) {
        this.tokenizer = tokenizer;
        this.documents = documents;
        this.template = template;
        this.border = border;
        this.frame = frame;
        this.maxLength = maxLength;
        this.overLength = overLength;
        this.labels = List.copyOf(labels);
    }

    /** As {@link #ofText(Tokenizer, PromptStyle, int, OverLength, Border)}, with exact borders. */
    public static ConversationEncoder ofText(Tokenizer tokenizer, PromptStyle style, int maxLength,
            OverLength overLength) {
        return ofText(tokenizer, style, maxLength, overLength, Border.EXACT);
    }

    /**
     * Prompt text then answer text. The prompts come ready made, see {@link PromptStyle#build}.
     *
     * @param style     {@link PromptStyle#TUTORIAL}, whose answer marker is never cut, or {@link PromptStyle#PLAIN}
     * @param maxLength most tokens of an example
     * @throws UserError when the tokenizer names no end token
     */
    public static ConversationEncoder ofText(Tokenizer tokenizer, PromptStyle style, int maxLength,
            OverLength overLength, Border border) {
        if (tokenizer.eos().isEmpty()) {
            throw UserError.of(
                    say("tokenizer_config.json: eos_token is missing; an answer needs a token that ends it"));
        }
        var documents = new PlainDocuments(tokenizer, new Continuation(new SegmentEncoder(tokenizer)), border,
                style.build("", ""), "");
        return new ConversationEncoder(tokenizer, documents, border, Optional.empty(),
                AnswerFrame.ofWords(new Ending(tokenizer.endIds(), List.of())), maxLength, overLength, List.of());
    }

    /** As {@link #ofTemplate(Tokenizer, MessageTemplate, int, OverLength, Border)}, with exact borders. */
    public static ConversationEncoder ofTemplate(Tokenizer tokenizer, MessageTemplate template, int maxLength,
            OverLength overLength) {
        return ofTemplate(tokenizer, template, maxLength, overLength, Border.EXACT);
    }

    /**
     * Conversations as a chat template renders them, special tokens and end tokens included.
     *
     * @param maxLength most tokens of an example
     */
    public static ConversationEncoder ofTemplate(Tokenizer tokenizer, MessageTemplate template, int maxLength,
            OverLength overLength, Border border) {
        var segments = new SegmentEncoder(tokenizer);
        return new ConversationEncoder(tokenizer,
                new TemplateDocuments(template, segments, new BorderEncoder(segments), border), border,
                Optional.of(template), new FrameProbe(tokenizer, template).frame(), maxLength, overLength,
                List.of());
    }

    /** One whose answers end there, too. */
    public ConversationEncoder endingAlsoAt(Ending more) {
        return new ConversationEncoder(tokenizer, documents, border, template, frame.endingAlsoAt(more), maxLength,
                overLength, labels);
    }

    /** One that knows the labels of labelled texts, by the order of what is said of them. */
    public ConversationEncoder labelled(List<String> known) {
        return new ConversationEncoder(tokenizer, documents, border, template, frame, maxLength, overLength, known);
    }

    /**
     * One that encodes the same behind a text: every row that asks something, and every prompt but those of
     * {@link #encodeText}.
     */
    public ConversationEncoder behind(HardPrompt prompt) {
        return new ConversationEncoder(tokenizer, documents.behind(prompt), border,
                template.map(given -> PromptedTemplate.of(given, prompt)), frame, maxLength, overLength, labels);
    }

    /** One that encodes the same and drops, instead of cutting or refusing, what is too long. */
    public ConversationEncoder dropping() {
        return new ConversationEncoder(tokenizer, documents, border, template, frame, maxLength, OverLength.DROP,
                labels);
    }

    /**
     * One for serving, at the real time, whose chat template is told whether the model thinks before it answers.
     *
     * @throws UserError when the template knows no such setting, or none is in use
     */
    public ConversationEncoder telling(Thinking thinking) {
        MessageTemplate told = template.orElseThrow(() -> UserError.of(
                say("no chat template is in use, so nothing can be told whether to think first")))
                .with(new EncodingSettings(border, thinking, Optional.empty()));
        return ofTemplate(tokenizer, told, maxLength, overLength, border).endingAlsoAt(frame.ending())
                .labelled(labels);
    }

    /**
     * One whose chat template is given more variables, such as the tools that a model may call: texts, numbers,
     * booleans, and lists and maps of these.
     *
     * @throws UserError when the template knows none of that name, or none is in use
     */
    public ConversationEncoder given(Map<String, ?> variables) {
        return variables.isEmpty() ? this : new ConversationEncoder(tokenizer, documents.given(variables), border,
                template.map(each -> each.given(variables)), frame, maxLength, overLength, labels);
    }

    /**
     * One whose examples are what a model is asked, with the ids of {@link #encodePrompt}: all up to the first trained
     * token. Behind it stand the row's answer and one token more, see {@link #reference}.
     */
    public ConversationEncoder asking() {
        return new ConversationEncoder(tokenizer, new AskedDocuments(documents,
                new Continuation(new SegmentEncoder(tokenizer)), tokenizer.eos().orElse(0)), border, template, frame,
                maxLength, overLength, labels);
    }

    /** What the row itself answers, of an example that {@link #asking} made; "" where it says nothing. */
    public String reference(Example asked) {
        int prompt = asked.promptLength();
        return tokenizer.decode(Arrays.copyOf(asked.ids(), asked.length() - 1), false)
                .substring(tokenizer.decode(Arrays.copyOf(asked.ids(), prompt), false).length());
    }

    /** The text that an example begins with, up to its first trained token: special tokens as they are spelled. */
    public String promptText(Example asked) {
        return tokenizer.decode(Arrays.copyOf(asked.ids(), asked.promptLength()), false);
    }

    /** The text of an example's trained tokens, special ones left out. */
    public String trainedText(Example example) {
        return tokenizer.decode(IntStream.range(1, example.length()).filter(i -> example.trained()[i])
                .map(i -> example.ids()[i]).toArray(), true);
    }

    /** One that encodes alike, for another thread, and counts anew. */
    public ConversationEncoder another() {
        return new ConversationEncoder(tokenizer, documents, border, template, frame, maxLength, overLength, labels);
    }

    /**
     * What becomes of a sample: one group, none when it is dropped or set aside, or several where a long text goes on
     * from one to the next.
     *
     * @throws UserError when it is too long and refused, or cannot be told without a chat template
     */
    public List<ExampleGroup> encode(Sample sample) {
        try {
            return sample instanceof Labelled row ? taken(row) : taken(sample);
        } catch (TemplateRefusal e) {
            return aside(new SetAside(sample.place(), "refused_by_template", e.getMessage()));
        } catch (TokenRefusal e) {
            return aside(new SetAside(sample.place(), "token_without_row", e.getMessage()));
        }
    }

    private List<ExampleGroup> aside(SetAside row) {
        setAside.add(row);
        report = report.plusSetAside();
        return List.of();
    }

    private List<ExampleGroup> taken(Sample sample) {
        boolean isText = sample instanceof Text;
        List<Draft> drafts = sample instanceof Text text ? List.of(documents.learned(text))
                : sample.conversations().stream()
                .map(each -> documents.learned(each, sample.judgesLastAnswer())).toList();
        List<MaskedTokens> whole = drafts.stream().map(Draft::tokens).toList();
        int longest = whole.stream().mapToInt(each -> each.ids().length).max().orElseThrow();
        boolean fits = longest <= maxLength;
        if (!fits && overLength == OverLength.REFUSE) {
            throw tooLong(sample, longest);
        }
        List<List<MaskedTokens>> kept = fits ? List.of(whole) : overLength == OverLength.DROP ? List.of()
                : isText ? split(whole.get(0)) : overLength == OverLength.SPLIT ? divided(sample, whole)
                : List.of(overLength == OverLength.CUT_END ? whole.stream().map(each -> each.first(maxLength)).toList()
                : documents.cut(sample, whole, maxLength, overLength.ofQuestion()));
        boolean goesOn = !fits && (isText || kept.size() > 1);
        List<ExampleGroup> groups = kept.stream().filter(group -> group.stream().allMatch(MaskedTokens::hasTarget))
                .map(group -> new ExampleGroup(group.stream().map(each -> new Example(each.ids(), each.trained()))
                .toList(), sample.values())).toList();
        report = report.plus(groups, longest, !fits && !goesOn, goesOn, counts(drafts));
        return groups;
    }

    /** The ids that ask, as they are, and the number of the label. */
    private List<ExampleGroup> taken(Labelled row) {
        int label = labels.indexOf(row.label());
        if (label < 0) {
            throw UserError.of(say("%s: its label is \"%s\", and the labels are %s; correct the row, or name it in "
                    + "train.objective.classify.labels", row.place(), Excerpt.of(row.label()),
                    Excerpt.of(labels)));
        }
        MaskedTokens whole = documents.asked(row.read());
        int length = whole.ids().length;
        boolean fits = length <= maxLength;
        if (!fits && overLength == OverLength.REFUSE) {
            throw tooLong(row, length);
        }
        MaskedTokens kept = fits ? whole : switch (overLength) {
            case CUT, CUT_MIDDLE, CUT_RIGHT -> documents.cutAsked(row.read(), whole, maxLength, overLength);
            case CUT_END -> whole.first(maxLength);
            case SPLIT -> throw undivided(row);
            case DROP, REFUSE -> MaskedTokens.NOTHING;
        };
        List<ExampleGroup> groups = kept.ids().length == 0 ? List.of()
                : List.of(new ExampleGroup(List.of(Example.whole(kept.ids())), new double[] {label}));
        report = report.plus(groups, length, !fits, false, BorderCounts.NONE);
        return groups;
    }

    private UserError tooLong(Sample sample, int length) {
        return UserError.of(say("%s: %d tokens, but data.maxLength is %d; raise it, shorten the row or set "
                + "data.overLength to cut or drop", sample.place(), length, maxLength));
    }

    private BorderCounts counts(List<Draft> drafts) {
        int moved = drafts.stream().anyMatch(Draft::moved) ? 1 : 0;
        return new BorderCounts(border == Border.EXACT ? moved : 0, border == Border.JOINED ? moved : 0,
                drafts.stream().mapToInt(Draft::skipped).sum());
    }

    private List<List<MaskedTokens>> divided(Sample sample, List<MaskedTokens> whole) {
        if (!(sample instanceof Conversation conversation)) {
            throw undivided(sample);
        }
        return new SplitAnswers(documents, maxLength).of(conversation, whole.get(0)).stream().map(List::of).toList();
    }

    private static UserError undivided(Sample sample) {
        return UserError.of(say("%s: it is longer than data.maxLength, and data.overLength split cannot divide %s: "
                + "what is said of the whole does not hold for a part; set it to cut, drop or refuse", sample.place(),
                Sample.plural(sample.getClass())));
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
        return encodeEach(samples).stream().flatMap(List::stream).toList();
    }

    /** {@link #encode} of each sample. @throws UserError naming every sample that is refused */
    public List<List<ExampleGroup>> encodeEach(Iterable<? extends Sample> samples) {
        List<List<ExampleGroup>> groups = new ArrayList<>();
        Problems problems = new Problems(say("the data"));
        for (Sample sample : samples) {
            try {
                groups.add(encode(sample));
            } catch (UserError e) {
                problems.add(e.getMessage());
            }
        }
        problems.throwIfAny();
        return groups;
    }

    /** What became of everything encoded so far. */
    public EncodeReport report() { return report; }

    /** The rows that the chat template did not take, in their order. */
    public List<SetAside> setAside() { return List.copyOf(setAside); }

    /**
     * Ids that ask for an answer: the rendered messages up to where the assistant begins, or the one prompt. Never cut.
     *
     * @throws UserError when the chat template refuses the messages, or there are several and no chat template
     */
    public int[] encodePrompt(List<Message> messages) { return documents.asked(messages).ids(); }

    /**
     * Ids of a conversation that stop where its last message, the assistant's, stops: an answer goes on behind it.
     *
     * @throws UserError as {@link #encodePrompt(List)}, and when the template does not show those words
     */
    public int[] encodeBegun(List<Message> messages) { return documents.begun(messages); }

    /**
     * As {@link #encodePrompt(List)}, shortened as {@link OverLength#CUT} shortens what is asked when it is longer than
     * the limit.
     *
     * @throws UserError also when not even the template's own text fits
     */
    public int[] encodePrompt(List<Message> messages, int limit) {
        MaskedTokens whole = documents.asked(messages);
        if (whole.ids().length <= limit) {
            return whole.ids();
        }
        MaskedTokens cut = documents.cutAsked(messages, whole, limit, OverLength.CUT);
        if (cut.ids().length == 0) {
            throw UserError.of(say("a prompt of at most %d tokens leaves no room for the text around the question; "
                    + "allow more", limit));
        }
        return cut.ids();
    }

    /**
     * Ids of a question and an answer to it, as a trained example has them. Never cut.
     *
     * @throws UserError as {@link #encodePrompt(List)}
     */
    public int[] encodeAnswered(List<Message> asked, String answer) {
        var whole = Conversation.answered(asked, answer, new Place(say("the request"), 0));
        return documents.learned(whole, true).tokens().ids();
    }

    /**
     * Ids of a text that the model reads as it is and goes on with, the spellings of special tokens being these: behind
     * what the tokenizer puts before every text, unless the text itself begins with that. Never cut.
     */
    public int[] encodeText(String text) {
        int[] before = tokenizer.prefix(), ids = tokenizer.encodeContinued(text);
        return before.length > 0 && Continuation.begins(ids, before) ? ids : PlainDocuments.join(before, ids);
    }

    /** What a model says behind {@link #encodeText}: all of it is words, up to what ends an answer. */
    public AnswerStream textStream() { return new AnswerStream(tokenizer, AnswerFrame.ofWords(frame.ending())); }

    /** What a model says behind {@link #encodeBegun}: words at once, up to what ends an answer. */
    public AnswerStream begunStream() {
        return new AnswerStream(tokenizer, new AnswerFrame("", frame.closing(), List.of(), false, frame.ending()));
    }

    /** How the model writes calls of tools; empty where its chat template shows it none. */
    public Optional<CallFormat> calls() { return template.flatMap(CallFormats::of); }

    /** What ends an answer: what stands behind a trained one, and the tokenizer's own end tokens. */
    public Ending ending() { return frame.ending(); }

    /** Tells apart what a model answers to {@link #encodePrompt}. May be called by any thread. */
    public AnswerStream answerStream() { return new AnswerStream(tokenizer, frame); }

    /** As {@link #answerStream()}. @param shown special tokens that a reader must see as they are spelled */
    public AnswerStream answerStream(Set<String> shown) { return new AnswerStream(tokenizer, frame, shown); }

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
}
