package io.weft.token.chat;

import io.weft.data.EncodingSettings;
import io.weft.data.Message;
import io.weft.data.Thinking;
import io.weft.jinja.Rendering;
import io.weft.jinja.Span;
import io.weft.jinja.Template;
import io.weft.jinja.TemplateException;
import io.weft.jinja.TracedText;
import io.weft.problem.Translatable;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * A model's chat template: turns a conversation into the one text that the model reads, byte for byte as {@code
 * transformers} does, and says of each character of that text who wrote it: the template, or a message. Immutable;
 * threads may share one.
 *
 * <p>The template comes with the model and the messages come from users, so neither is trusted: the template runs in
 * {@link Template}'s closed interpreter, and what messages say is never mistaken for the template's own special tokens
 * (see {@link Segment#literal}).
 */
public final class ChatTemplate {
    /**
     * Origin of text that came neither from the template nor from a message's content: tools and other extra variables.
     */
    static final int EXTRA = -1;

    /**
     * Roles that templates know. They may be part of a special token, as in ChatGLM's {@code <|user|>}, so they count
     * as the template's text; any other role is a user's text.
     */
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function",
            "ipython", "observation", "model");

    /** Variables that say whether the model is to think: Qwen3's and most others', DeepSeek-V3.1's. */
    private static final List<String> THINKING = List.of("enable_thinking", "thinking");

    /** Variables that come with every rendering. */
    private static final Set<String> OWN = Set.of("messages", "add_generation_prompt");

    private final String name;
    private final String source;
    private final Template template;
    private final Map<String, Object> specialTokens;
    private final EncodingSettings settings;
    private final Map<String, Object> given;

    private ChatTemplate(String name, String source, Template template, Map<String, Object> specialTokens,
            EncodingSettings settings, Map<String, Object> given) {
        this.name = name;
        this.source = source;
        this.template = template;
        this.specialTokens = specialTokens;
        this.settings = settings;
        this.given = given;
    }

    /**
     * The template of a Hugging Face folder: {@code chat_template.jinja}, else {@code chat_template} in {@code
     * tokenizer_config.json} (where there are several: the one named "default"), with the special tokens of that file,
     * or of {@code special_tokens_map.json}, as variables. Empty when the folder has none.
     * @throws UserError naming file and line, when a file is broken
     */
    public static Optional<ChatTemplate> read(Path folder) { return read(folder, Map.of()); }

    /** The same. @param otherwise special tokens that count where the folder's files name none of the kind */
    public static Optional<ChatTemplate> read(Path folder, Map<String, String> otherwise) {
        var files = ChatTemplateFiles.in(folder);
        var tokens = new LinkedHashMap<String, Object>(otherwise);
        tokens.putAll(files.specialTokens());
        return files.source().map(source -> of(files.name(), source, tokens));
    }

    /**
     * @param name          how messages call it, usually the file's name
     * @param source        Jinja source
     * @param specialTokens variables such as bos_token and eos_token: strings, or lists of strings
     * @throws UserError naming template and line, when it cannot be parsed
     */
    public static ChatTemplate of(String name, String source, Map<String, ?> specialTokens) {
        try {
            return new ChatTemplate(name, source, Template.parse(source), Map.copyOf(specialTokens),
                    EncodingSettings.DEFAULTS, Map.of());
        } catch (TemplateException e) {
            throw UserError.of(say("%s is no chat template that Weft can read: %s", name, said(e)), e);
        }
    }

    /**
     * The template under these settings: what it is told about reasoning, and the time that it sees.
     *
     * @throws UserError when they say something about reasoning and the source reads neither enable_thinking nor
     *     thinking
     */
    public ChatTemplate with(EncodingSettings other) {
        if (other.thinking() != Thinking.AUTO && THINKING.stream().noneMatch(template::reads)) {
            throw UserError.of(say("data.thinking is %s, but %s reads neither enable_thinking nor thinking, so it "
                    + "would change nothing; leave it out", other.thinking().word(), name));
        }
        return new ChatTemplate(name, source, template, specialTokens, other, given);
    }

    /**
     * The template with more variables, as {@link #render(List, boolean, Map)} takes them.
     *
     * @throws UserError when its source reads none of that name, or the variable is not for others to set
     */
    public ChatTemplate given(Map<String, ?> variables) {
        variables.keySet().forEach(variable -> {
            if (OWN.contains(variable) || specialTokens.containsKey(variable) || !template.reads(variable)) {
                throw UserError.of(say("%s reads no '%s' that could be given; leave it out", name, variable));
            }
        });
        var all = new LinkedHashMap<String, Object>(given);
        all.putAll(variables);
        return new ChatTemplate(name, source, template, specialTokens, settings, all);
    }

    /** How messages call it. */
    public String name() { return name; }

    /** The Jinja source. */
    public String source() { return source; }

    /** Whether the template itself marks the assistant's words, with {@code {% generation %}} blocks. */
    public boolean marksGeneration() { return template.marksGeneration(); }

    /**
     * The text of a conversation.
     * @param addGenerationPrompt whether the text ends where the assistant is to go on
     * @throws UserError when the template refuses the conversation
     */
    public String render(List<Message> messages, boolean addGenerationPrompt) {
        return render(messages, addGenerationPrompt, Map.of());
    }

    /**
     * {@link #render(List, boolean)} with more variables.
     *
     * @param extra such as tools or enable_thinking: null, booleans, numbers, strings, lists and maps of these
     */
    public String render(List<Message> messages, boolean addGenerationPrompt, Map<String, ?> extra) {
        return rendering(messages, addGenerationPrompt, extra).text().toString();
    }

    /**
     * A conversation as a model is given it to answer: ends where the assistant goes on, nothing in it is trained.
     *
     * @throws UserError when the template refuses the conversation
     */
    public Rendered renderPrompt(List<Message> messages) { return renderPrompt(messages, Map.of()); }

    /** {@link #renderPrompt(List)} with more variables, as {@link #render(List, boolean, Map)} takes them. */
    public Rendered renderPrompt(List<Message> messages, Map<String, ?> extra) {
        return Rendered.of(rendering(messages, true, extra).text(), List.of(), Rendered.Mask.NONE);
    }

    /**
     * A conversation to learn from: what the assistant wrote is trained, each turn up to and with the end-of-turn token
     * that the template puts behind it.
     * @throws UserError when the template refuses the conversation, or when it cannot be told which words are the
     *     assistant's: a mask is right or there is none
     */
    public Rendered renderWithSpans(List<Message> messages) { return renderWithSpans(messages, Map.of()); }

    /** {@link #renderWithSpans(List)} with more variables, as {@link #render(List, boolean, Map)} takes them. */
    public Rendered renderWithSpans(List<Message> messages, Map<String, ?> extra) {
        var whole = rendering(messages, false, extra);
        if (template.marksGeneration() && whole.generatedIsWhole()) {
            return Rendered.of(whole.text(), markedSpans(messages, whole), Rendered.Mask.GENERATION_BLOCKS);
        }
        var spans = finder(messages, whole.text(), extra, clock()).spans();
        return Rendered.of(whole.text(), spans, Rendered.Mask.RENDERED_PREFIXES);
    }

    /**
     * A conversation to learn from, with the border of each answer that is learned: where the prompt that asks for it
     * ends. An earlier answer whose prompt is rendered otherwise once the conversation goes on is not learned.
     *
     * @throws TemplateRefusal when the template refuses the conversation, or the last answer does not stand behind its
     *     prompt
     */
    public Dialogue learned(List<Message> messages) {
        var clock = clock();
        var whole = rendering(messages, false, Map.of(), clock);
        var turns = new LearnedTurns(messages, whole, finder(messages, whole.text(), Map.of(), clock),
                prefix -> beginning(prefix, true, Map.of(), clock).map(TracedText::toString));
        return turns.dialogue(template.marksGeneration() && whole.generatedIsWhole());
    }

    /** What is asked, with the border of each earlier answer. @throws TemplateRefusal when the template refuses it */
    public Dialogue asked(List<Message> messages) {
        var clock = clock();
        var whole = rendering(messages, true, Map.of(), clock).text();
        int[] borders = LearnedTurns.borders(messages, whole.toString(),
                prefix -> beginning(prefix, true, Map.of(), clock).map(TracedText::toString)).values().stream()
                .mapToInt(Integer::intValue).toArray();
        return new Dialogue(Rendered.of(whole, List.of(), Rendered.Mask.NONE).segments(), borders, 0);
    }

    private TurnFinder finder(List<Message> messages, TracedText whole, Map<String, ?> extra, Clock clock) {
        return new TurnFinder(name, messages, whole, endToken(),
                (prefix, prompt) -> beginning(prefix, prompt, extra, clock));
    }

    private List<Span> markedSpans(List<Message> messages, Rendering whole) {
        var spans = whole.generated().stream().filter(span -> span.length() > 0).toList();
        boolean speaks = whole.text().runs().stream().anyMatch(run -> run.origin() >= 0
                && messages.get(run.origin()).isAssistant()
            && spans.stream().anyMatch(span -> run.start() < span.end() && run.end() > span.start()));
        if (!speaks) {
            throw new TemplateRefusal(say("%s: its generation blocks hold nothing of what the assistant says in this "
                    + "conversation, so there is nothing to train on; "
                    + "check that the conversation has an assistant turn and that the template takes plain text as "
                    + "content", name));
        }
        return spans;
    }

    private String endToken() { return specialTokens.get("eos_token") instanceof String token ? token : ""; }

    /** Stands still, so that all renderings of one conversation agree. */
    private Clock clock() {
        return settings.clock().map(time -> Clock.fixed(time.toInstant(ZoneOffset.UTC), ZoneOffset.UTC))
                .orElseGet(() -> Clock.fixed(Instant.now(), ZoneId.systemDefault()));
    }

    private Rendering rendering(List<Message> messages, boolean addGenerationPrompt, Map<String, ?> extra) {
        return rendering(messages, addGenerationPrompt, extra, clock());
    }

    private Rendering rendering(List<Message> messages, boolean addGenerationPrompt, Map<String, ?> extra,
            Clock clock) {
        try {
            return template.render(variables(messages, addGenerationPrompt, extra), clock);
        } catch (TemplateException e) {
            Translatable reason = Translatable.text(e.format(), e.arguments());
            throw new TemplateRefusal(e.line() > 0
                    ? say("the chat template refuses it: %s (line %d of %s)", reason, e.line(), file())
                    : say("the chat template refuses it: %s (%s)", reason, file()), e);
        }
    }

    /** The template's name without its folder: a refusal may be for a client of a server, who is not to learn that. */
    private String file() { return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1); }

    private Optional<TracedText> beginning(List<Message> messages, boolean addGenerationPrompt, Map<String, ?> extra,
            Clock clock) {
        try {
            return Optional.of(template.render(variables(messages, addGenerationPrompt, extra), clock).text());
        } catch (TemplateException e) {
            return Optional.empty();                // a beginning may be no conversation of its own
        }
    }

    private Map<String, Object> variables(List<Message> messages, boolean addGenerationPrompt, Map<String, ?> extra) {
        var variables = new LinkedHashMap<String, Object>(specialTokens);
        variables.put("tools", null);               // transformers passes both, so that "tools is defined" holds
        variables.put("documents", null);
        if (settings.thinking() != Thinking.AUTO) {
            THINKING.stream().filter(template::reads)
                    .forEach(variable -> variables.put(variable, settings.thinking() == Thinking.ON));
        }
        given.forEach((key, value) -> variables.put(key, fromOutside(value, EXTRA)));
        extra.forEach((key, value) -> variables.put(key, fromOutside(value, EXTRA)));
        variables.put("messages", traced(messages));
        variables.put("add_generation_prompt", addGenerationPrompt);
        return variables;
    }

    private static List<Map<String, Object>> traced(List<Message> messages) {
        var all = new ArrayList<Map<String, Object>>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            var message = messages.get(i);
            var fields = new LinkedHashMap<String, Object>();
            fields.put("role", ROLES.contains(message.role()) ? TracedText.of(message.role())
                    : TracedText.of(message.role(), i));
            fields.put("content", TracedText.of(message.content(), i));
            if (!message.reasoning().isEmpty()) {
                fields.put("reasoning_content", TracedText.of(message.reasoning(), i));
            }
            int number = i;
            message.fields().forEach((key, value) -> fields.put(key, fromOutside(value, number)));
            all.add(fields);
        }
        return all;
    }

    private static Object fromOutside(Object value, int origin) {
        if (value instanceof String string) {
            return TracedText.of(string, origin);
        } else if (value instanceof Map<?, ?> map) {
            var copy = new LinkedHashMap<>();
            map.forEach((key, element) -> copy.put(fromOutside(key, origin), fromOutside(element, origin)));
            return copy;
        } else if (value instanceof Collection<?> elements) {
            var copy = new ArrayList<>(elements.size());
            elements.forEach(element -> copy.add(fromOutside(element, origin)));
            return copy;
        }
        return value;
    }

    /** The template language knows nothing of Weft, so its errors are translated here. */
    private static String said(TemplateException e) {
        Translatable reason = Translatable.text(e.format(), e.arguments());
        return e.line() > 0 ? say("line %d: %s", e.line(), reason) : reason.toString();
    }
}
