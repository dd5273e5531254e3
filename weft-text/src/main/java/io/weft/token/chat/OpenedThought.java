package io.weft.token.chat;

import io.weft.data.Message;
import io.weft.jinja.TracedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Some templates ask with an open block of reasoning ({@code <think>} and a new line, as DeepSeek-R1's and QwQ's do)
 * and leave the block out of the conversation with the answer, or close it at once. A model asked so has to close the
 * block before it answers; this is what it learns, with the reasoning of the row where it has any.
 *
 * @param at     where the prompt goes on otherwise than the conversation
 * @param rest   of the prompt from there
 * @param closed what the model says before its words
 */
record OpenedThought(int at, String rest, List<Segment> closed) {
    private static final Pattern MARK = Pattern.compile("<[^<>\\s/]+>|\\[[A-Z_]+]");

    /** Empty where prompt and conversation differ by something else. @param answer the last turn */
    static Optional<OpenedThought> of(String prompt, TracedText whole, int turn, Message answer) {
        String text = whole.toString();
        int at = 0;
        while (at < Math.min(prompt.length(), text.length()) && prompt.charAt(at) == text.charAt(at)) {
            at++;
        }
        String rest = prompt.substring(at);
        Optional<TracedText.Run> words = whole.runs().stream().filter(run -> run.origin() == turn).findFirst();
        if (words.isEmpty() || words.get().start() < at) {
            return Optional.empty();
        }
        String between = text.substring(at, words.get().start());
        if (MARK.matcher(rest.strip()).matches() && between.isBlank()) {
            return Optional.of(new OpenedThought(at, rest, closed(rest.strip(), answer, text.substring(at))));
        }
        String before = text.substring(0, at).stripTrailing();
        int mark = Math.max(before.lastIndexOf('<'), before.lastIndexOf('['));
        boolean closes = mark >= 0 && MARK.matcher(before.substring(mark)).matches()
                && between.strip().startsWith(closing(before.substring(mark)));
        return rest.isBlank() && closes ? Optional.of(new OpenedThought(at, rest, List.of())) : Optional.empty();
    }

    private static List<Segment> closed(String open, Message answer, String rendered) {
        String close = closing(open), reasoning = answer.reasoning().strip();
        int end = answer.content().indexOf(close);
        if (reasoning.isEmpty() && end >= 0) {                       // in the content, of which the template drops it
            reasoning = answer.content().substring(0, end).replace(open, "").strip();
        }
        List<Segment> closed = new ArrayList<>();
        if (!reasoning.isEmpty() && !rendered.contains(reasoning)) {
            closed.add(new Segment(reasoning, true, true));
        }
        closed.add(new Segment("\n" + close + "\n\n", false, true));
        return closed;
    }

    private static String closing(String open) { return open.charAt(0) + "/" + open.substring(1); }

    /** The conversation with the block. @param segments of the conversation without it */
    List<Segment> in(List<Segment> segments) {
        List<Segment> all = new ArrayList<>();
        int start = 0;
        for (Segment segment : segments) {
            int end = start + segment.text().length(), cut = Math.max(0, Math.min(at - start, segment.text().length()));
            add(all, segment, 0, cut);
            if (start <= at && at < end) {
                all.add(new Segment(rest, false, false));
                all.addAll(closed);
            }
            add(all, segment, cut, segment.text().length());
            start = end;
        }
        return all;
    }

    private static void add(List<Segment> all, Segment segment, int from, int to) {
        if (from < to) {
            all.add(new Segment(segment.text().substring(from, to), segment.literal(), segment.trained()));
        }
    }
}
