package io.weft.token.answer;

import io.weft.token.DecodeStream;
import io.weft.token.Tokenizer;
import io.weft.token.answer.AnswerFrame.ThinkMarks;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells the ids of an answer apart as they arrive: what the model thinks, and its words. Never gives half a character,
 * and nothing of the marks around reasoning, of the template's text before an answer, or of a text that ends it: what
 * may still become one of these is held back. New lines at the ends of reasoning, and between it and the words, are
 * the template's and left out. Belongs to one thread at a time.
 */
public final class AnswerStream {
    /** What is now certain, either often "". */
    public record Piece(String reasoning, String words) {
        public static final Piece NOTHING = new Piece("", "");

        public boolean isEmpty() { return reasoning.isEmpty() && words.isEmpty(); }

        private Piece and(Piece other) { return new Piece(reasoning + other.reasoning, words + other.words); }
    }

    private enum Part { OPENING, FRONT, REASONING_FRONT, REASONING, WORDS_FRONT, WORDS, ENDED }

    private final Tokenizer tokenizer;
    private final DecodeStream text;
    private final AnswerFrame frame;
    private final Set<String> shown;
    private final StringBuilder held = new StringBuilder();
    private Part part = Part.OPENING;
    // marks of the block that is open
    private List<ThinkMarks> marks;

    public AnswerStream(Tokenizer tokenizer, AnswerFrame frame) { this(tokenizer, frame, Set.of()); }

    /** @param shown special tokens that stand in the words as they are spelled, such as one that begins a call */
    public AnswerStream(Tokenizer tokenizer, AnswerFrame frame, Set<String> shown) {
        this.shown = Set.copyOf(shown);
        this.tokenizer = tokenizer;
        this.text = tokenizer.stream();
        this.frame = frame;
        this.marks = frame.thinks();
    }

    /** Of ids that continue a text: all of it is words. */
    public static AnswerStream plain(Tokenizer tokenizer) { return new AnswerStream(tokenizer, AnswerFrame.PLAIN); }

    /** Takes the next id. */
    public Piece push(int id) {
        if (part == Part.ENDED) {
            return Piece.NOTHING;
        }
        boolean mark = tokenizer.isSpecial(id) && isSeen(tokenizer.token(id).orElse(""));
        return take(mark ? text.finish() + tokenizer.token(id).orElseThrow() : text.push(id), false);
    }

    private boolean isSeen(String token) { return frame.isMark(token) || shown.contains(token); }

    /** The end of the ids: all that was held back. */
    public Piece finish() { return part == Part.ENDED ? Piece.NOTHING : take(text.finish(), true); }

    /** Whether a text that ends the answer was met; nothing more comes. */
    public boolean ended() { return part == Part.ENDED; }

    /** A text at once, as {@link #push} and {@link #finish} tell it apart. */
    public static AnswerText tellApart(Tokenizer tokenizer, AnswerFrame frame, String text) {
        Piece piece = new AnswerStream(tokenizer, frame).take(text, true);
        return new AnswerText(piece.reasoning, piece.words);
    }

    private Piece take(String more, boolean last) {
        held.append(more);
        Piece given = Piece.NOTHING;
        for (Part before = null; before != part; ) {
            before = part;
            given = given.and(step(last));
        }
        return given;
    }

    /** Goes on to the next part where what is held tells that this one is over, and gives what is certain. */
    private Piece step(boolean last) {
        return switch (part) {
            case OPENING -> opening(last);
            case FRONT -> front(last);
            case REASONING_FRONT -> withoutNewLines(Part.REASONING, last);
            case REASONING -> reasoning(last);
            case WORDS_FRONT -> withoutNewLines(Part.WORDS, last);
            case WORDS -> new Piece("", certain(last));
            case ENDED -> Piece.NOTHING;
        };
    }

    private Piece opening(boolean last) {
        String begun = held.toString();
        if (begun.startsWith(frame.opening())) {
            held.delete(0, frame.opening().length());
        } else if (frame.opening().startsWith(begun)) {
            if (last) {
                held.setLength(0);                                   // it ends before the opening would be complete
            }
            return Piece.NOTHING;
        }
        part = frame.opened() ? Part.REASONING_FRONT : Part.FRONT;
        return Piece.NOTHING;
    }

    /** White space before a mark is nobody's. */
    private Piece front(boolean last) {
        String begun = held.toString().stripLeading();
        for (ThinkMarks each : frame.thinks()) {
            if (begun.startsWith(each.open())) {
                marks = List.of(each);
                held.delete(0, held.length() - begun.length() + each.open().length());
                part = Part.REASONING_FRONT;
                return Piece.NOTHING;
            }
        }
        if (last || frame.thinks().stream().noneMatch(each -> each.open().startsWith(begun))) {
            part = Part.WORDS;
        }
        return Piece.NOTHING;
    }

    private Piece withoutNewLines(Part next, boolean last) {
        int from = 0;
        while (from < held.length() && isNewLine(held.charAt(from))) {
            from++;
        }
        held.delete(0, from);
        if (!held.isEmpty() || last) {
            part = next;
        }
        return Piece.NOTHING;
    }

    private Piece reasoning(boolean last) {
        int end = first(marks.stream().map(ThinkMarks::close).toList());
        int stop = first(frame.stops());
        if (end < 0 || stop >= 0 && stop < end) {
            return new Piece(certain(last), "");
        }
        String thought = held.substring(0, end);
        String close = marks.stream().map(ThinkMarks::close).filter(mark -> held.indexOf(mark) == end).findFirst()
                .orElseThrow();
        held.delete(0, end + close.length());
        part = Part.WORDS_FRONT;
        return new Piece(withoutLastNewLines(thought), "");
    }

    /** What is certain of the text that is held, up to a text that ends the answer. */
    private String certain(boolean last) {
        int stop = first(frame.stops());
        int end = stop >= 0 ? stop : last ? held.length() : held.length() - begun();
        String given = held.substring(0, end);
        if (part == Part.REASONING) {
            given = withoutLastNewLines(given);
        } else if ((last || stop >= 0) && given.endsWith(frame.closing())) {
            given = given.substring(0, given.length() - frame.closing().length());
        }
        held.delete(0, stop >= 0 || last ? held.length() : given.length());
        part = stop >= 0 ? Part.ENDED : part;
        return given;
    }

    /** Where the first of these begins in what is held; -1 where none does. */
    private int first(List<String> texts) {
        return texts.stream().mapToInt(held::indexOf).filter(at -> at >= 0).min().orElse(-1);
    }

    /** How many characters at the end of what is held may be the beginning of something that nobody is to see. */
    private int begun() {
        Stream<String> ends = part == Part.REASONING ? marks.stream().map(ThinkMarks::close)
                : Stream.of(frame.closing());
        return Stream.concat(ends, frame.stops().stream()).mapToInt(this::begun).max().orElse(0);
    }

    private int begun(String text) {
        // the whole of a closing text, too, since only the end of the ids tells that it was one
        for (int length = Math.min(text.length(), held.length()); length > 0; length--) {
            if (text.startsWith(held.substring(held.length() - length))) {
                return length;
            }
        }
        return 0;
    }

    private static String withoutLastNewLines(String text) {
        int end = text.length();
        while (end > 0 && isNewLine(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    private static boolean isNewLine(char c) { return c == '\n' || c == '\r'; }
}
