package io.weft.token.answer;

import io.weft.data.Message;
import io.weft.token.Tokenizer;
import io.weft.token.answer.AnswerFrame.ThinkMarks;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.chat.Segment;
import io.weft.token.chat.TemplateRefusal;
import io.weft.token.read.Encoding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Asks a chat template what it puts around an answer's words, by rendering a question and an answer whose words are
 * known: what stands before them belongs to the frame, and of what is learned behind them the first token, or where it
 * is ordinary words these, end an answer.
 */
public final class FrameProbe {
    private static final String QUESTION = "Weftquestion", THOUGHT = "Weftthought", ANSWER = "Weftanswer";
    private static final List<ThinkMarks> KNOWN = List.of(new ThinkMarks("<think>", "</think>"),
            new ThinkMarks("[THINK]", "[/THINK]"), new ThinkMarks("<seed:think>", "</seed:think>"),
            new ThinkMarks("<|START_THINKING|>", "<|END_THINKING|>"));
    private final Tokenizer tokenizer;
    private final MessageTemplate template;

    public FrameProbe(Tokenizer tokenizer, MessageTemplate template) {
        this.tokenizer = tokenizer;
        this.template = template;
    }

    public AnswerFrame frame() {
        for (List<Message> asked : List.of(List.of(Message.user(QUESTION)),
                List.of(Message.system("Weftsystem"), Message.user(QUESTION)))) {
            Optional<AnswerFrame> found = frame(asked);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return AnswerFrame.ofWords(new Ending(tokenizer.endIds(), List.of()));
    }

    private Optional<AnswerFrame> frame(List<Message> asked) {
        Optional<Answered> plain = answered(asked, "");
        return plain.map(answer -> {
            List<ThinkMarks> thinks = thinks(asked);
            boolean opened = thinks.stream().anyMatch(marks -> answer.prompt.stripTrailing().endsWith(marks.open()));
            Set<Integer> ids = new TreeSet<>(tokenizer.endIds());
            Set<String> texts = new LinkedHashSet<>();
            String closing = end(answer, ids, texts);
            answered(asked, "", Message.user(QUESTION), Message.assistant("Weftlast"))
                    .ifPresent(early -> end(early, ids, texts));
            String opening = opened ? "" : readable(before(answer.opening(), thinks));
            return new AnswerFrame(opening, closing, thinks, opened,
                    new Ending(ids, List.copyOf(texts)));
        });
    }

    /** What a rendering has before, around and behind the answer. */
    private record Answered(String prompt, String whole, int from, String learned) {
        /** Between prompt and answer; nothing where the prompt is not how the whole begins. */
        String opening() {
            return whole.startsWith(prompt) && prompt.length() <= from ? whole.substring(prompt.length(), from) : "";
        }
    }

    private Optional<Answered> answered(List<Message> asked, String thought, Message... more) {
        List<Message> messages = new ArrayList<>(asked);
        messages.add(new Message("assistant", ANSWER, thought));
        messages.addAll(List.of(more));
        try {
            String prompt = text(template.asked(asked).segments());
            List<Segment> segments = template.learned(messages).segments();
            String whole = text(segments);
            int from = whole.indexOf(ANSWER);
            return from < 0 ? Optional.empty()
                    : Optional.of(new Answered(prompt, whole, from, learned(segments, from + ANSWER.length())));
        } catch (TemplateRefusal e) {
            return Optional.empty();                                 // no conversation for this template
        }
    }

    private static String text(List<Segment> segments) {
        return segments.stream().map(Segment::text).collect(Collectors.joining());
    }

    /** The text that is learned from there on, as far as it is learned without a gap. */
    private static String learned(List<Segment> segments, int from) {
        StringBuilder learned = new StringBuilder();
        int start = 0;
        for (Segment segment : segments) {
            int end = start + segment.text().length();
            if (end > from) {
                if (!segment.trained()) {
                    return learned.toString();
                }
                learned.append(segment.text().substring(Math.max(0, from - start)));
            }
            start = end;
        }
        return learned.toString();
    }

    /** Adds what ends this answer. @return the white space before the token that does */
    private String end(Answered answer, Set<Integer> ids, Set<String> texts) {
        Encoding encoding = tokenizer.encodeBareWithSpans(answer.learned);
        for (int i = 0; i < encoding.ids().length; i++) {
            int at = encoding.starts()[i];
            if (tokenizer.isAdded(encoding.ids()[i]) && answer.learned.substring(0, at).isBlank()) {
                ids.add(encoding.ids()[i]);
                return answer.learned.substring(0, at);
            }
        }
        if (!answer.learned.isBlank()) {
            texts.add(readable(answer.learned).stripTrailing());
        }
        return "";
    }

    /** The marks that the template puts around reasoning, and those that it knows where a text has them. */
    private List<ThinkMarks> thinks(List<Message> asked) {
        Set<ThinkMarks> found = new LinkedHashSet<>();
        answered(asked, THOUGHT).ifPresent(answer -> {
            int thought = answer.whole.indexOf(THOUGHT);
            if (thought >= 0 && thought < answer.from) {
                String close = answer.whole.substring(thought + THOUGHT.length(), answer.from).strip();
                String before = answer.whole.substring(0, thought).stripTrailing();
                int prompt = answer.whole.startsWith(answer.prompt) ? answer.prompt.length() : before.length();
                String open = prompt < before.length() ? before.substring(prompt).strip()
                        : opening(close);
                if (!open.isEmpty() && !close.isEmpty() && before.endsWith(open)) {
                    found.add(new ThinkMarks(open, close));
                }
            }
        });
        KNOWN.stream().filter(marks -> template.mentions(marks.close())).forEach(found::add);
        return List.copyOf(found);
    }

    /** The mark that a closing one belongs to. */
    private static String opening(String close) { return close.replaceFirst("/", ""); }

    /** Of the text before an answer, what stands before a block of reasoning without any. */
    private static String before(String opening, List<ThinkMarks> thinks) {
        return thinks.stream().map(marks -> opening.indexOf(marks.open())).filter(at -> at >= 0).findFirst()
                .map(at -> opening.substring(0, at)).orElse(opening);
    }

    /** As a reader of ids sees it: without special tokens. */
    private String readable(String text) {
        String read = tokenizer.decode(tokenizer.encodeBare(text), true);
        return text.isBlank() || read.isBlank() ? text : read;
    }
}
