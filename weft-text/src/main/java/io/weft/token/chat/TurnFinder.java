package io.weft.token.chat;

import io.weft.data.Message;
import io.weft.jinja.Span;
import io.weft.jinja.TracedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Finds the assistant's turns in a rendered conversation of a template that does not mark them, by rendering the
 * conversation's beginnings: what a turn adds to the prompt before it is the assistant's.
 *
 * <p>Many templates render a turn differently once others follow (reasoning is dropped, the system message moves to the
 * last question), so that a beginning is not a prefix of the whole. Then only what touches the turn is compared: the
 * template's text between the last words before the turn and the turn's first, and between its last words and the next.
 * Where even that differs there is no mask, and the conversation is refused. A span that was found holds the turn's
 * words and nobody else's.
 */
final class TurnFinder {
    /**
     * Renders the beginning of a conversation, with or without the prompt for the assistant's next turn; empty when the
     * template refuses it.
     */
    interface Renderer {
        Optional<TracedText> render(List<Message> messages, boolean addGenerationPrompt);
    }

    private final String name;
    private final List<Message> messages;
    private final TracedText whole;
    private final String endToken;
    private final Renderer renderer;

    /** @param whole the conversation rendered  @param endToken the model's eos_token, or nothing */
    TurnFinder(String name, List<Message> messages, TracedText whole, String endToken, Renderer renderer) {
        this.name = name;
        this.messages = messages;
        this.whole = whole;
        this.endToken = endToken;
        this.renderer = renderer;
    }

    /**
     * One span for each assistant turn, in order.
     *
     * @throws TemplateRefusal when one cannot be told from the rest, or there is none
     */
    List<Span> spans() {
        var spans = new ArrayList<Span>();
        for (int turn = 0; turn < messages.size(); turn++) {
            if (messages.get(turn).isAssistant()) {
                var span = span(turn);
                check(turn, span, spans);
                spans.add(span);
            }
        }
        if (spans.isEmpty()) {
            throw new TemplateRefusal(
                    say("the conversation has no assistant turn, so there is nothing to train on"));
        }
        return spans;
    }

    /** The span of an assistant turn that begins there. @throws TemplateRefusal when its end cannot be told */
    Span spanFrom(int turn, int start) {
        var span = span(turn, start, beginning(turn, turn, true));
        check(turn, span, List.of());
        return span;
    }

    private Span span(int turn) {
        TracedText prompt = beginning(turn, turn, true);
        return span(turn, start(turn, prompt), prompt);
    }

    private Span span(int turn, int start, TracedText prompt) {
        int end = turn == messages.size() - 1 ? lastEnd(turn, prompt) : end(turn, beginning(turn, turn + 1, false));
        if (!endToken.isEmpty() && whole.toString().startsWith(endToken, end)) {
            end += endToken.length();               // a template that leaves it out only where the conversation ends
        }
        if (end <= start) {
            throw refusal(turn, say("what it adds cannot be found in the whole"));
        }
        return new Span(start, end);
    }

    private TracedText beginning(int turn, int length, boolean addGenerationPrompt) {
        return renderer.render(messages.subList(0, length), addGenerationPrompt)
            .orElseThrow(() -> refusal(turn, say("the template does not render the conversation up to there")));
    }

    /** Where the prompt for the turn ends in the whole. */
    private int start(int turn, TracedText prompt) {
        if (whole.toString().startsWith(prompt.toString())) {
            return prompt.length();
        }
        var first = first(whole, turn).orElseThrow(() -> refusal(turn, say("its prompt is not how the whole begins")));
        var before = lastBefore(whole, first.start());
        var beforePrompt = lastBefore(prompt, prompt.length());
        if (before.isPresent() != beforePrompt.isPresent() || before.isPresent()
                && before.get().origin() != beforePrompt.get().origin()) {
            throw refusal(turn, say("other words stand before it once the conversation goes on"));
        }
        int from = before.map(TracedText.Run::end).orElse(0);
        String marker = prompt.toString().substring(beforePrompt.map(TracedText.Run::end).orElse(0));
        if (whole.toString().startsWith(marker, from)) {
            return from + marker.length();
        }
        // a prompt that goes further than the turn, such as one that opens a reasoning block which the turn does not
        // have
        if (marker.startsWith(whole.toString().substring(from, first.start()))) {
            return first.start();
        }
        String opening = whole.toString().substring(from, first.start());
        throw refusal(turn, say("'%s' opens it in a prompt, '%s' in the whole", shown(marker), shown(opening)));
    }

    /**
     * Where the turn ends in the whole, its end-of-turn token included.
     *
     * @param until the conversation rendered up to and with the turn
     */
    private int end(int turn, TracedText until) {
        if (whole.toString().startsWith(until.toString())) {
            return until.length();
        }
        var last = last(whole, turn);
        var lastUntil = last(until, turn);
        if (last.isEmpty() || lastUntil.isEmpty()) {
            throw refusal(turn, say("it is rendered differently once the conversation goes on"));
        }
        String closing = until.toString().substring(lastUntil.get().end());
        int from = last.get().end();
        for (String candidate : List.of(closing, closing.stripTrailing(), upToEndToken(closing),
                withoutEndToken(closing))) {
            if ((!candidate.isBlank() || candidate.equals(closing)) && whole.toString().startsWith(candidate, from)) {
                return from + candidate.length();
            }
        }
        throw refusal(turn, say("'%s' closes it where the conversation ends, but not where it goes on",
                shown(closing)));
    }

    /** A template that ignores add_generation_prompt may open a further turn behind the last one. */
    private String upToEndToken(String closing) {
        int at = endToken.isEmpty() ? -1 : closing.indexOf(endToken);
        return at < 0 ? "" : closing.substring(0, at + endToken.length());
    }

    /** A template may put the end token behind the whole conversation, after the token that ends each turn. */
    private String withoutEndToken(String closing) {
        return endToken.isEmpty() || !closing.endsWith(endToken) ? ""
                : closing.substring(0, closing.length() - endToken.length());
    }

    /**
     * The end of the last turn: that of the whole, unless the template opens a further turn there without being asked
     * to.
     */
    private int lastEnd(int turn, TracedText prompt) {
        var first = first(whole, turn);
        boolean askedInVain = beginning(turn, turn, false).equals(prompt);
        if (first.isEmpty() || !askedInVain) {
            return whole.length();
        }
        int words = last(whole, turn).orElseThrow().end();
        String opening = whole.toString().substring(lastBefore(whole, first.get().start()).map(TracedText.Run::end)
                .orElse(0),
                first.get().start());
        String closing = whole.toString().substring(words);
        if (commonEnd(opening.stripTrailing(), closing.stripTrailing()).isBlank() || staysWhenItGoesOn(turn, closing)) {
            return whole.length();
        }
        if (upToEndToken(closing).isEmpty()) {
            throw refusal(turn, say("the template opens a further turn behind it ('%s'), asked or not",
                    shown(closing)));
        }
        return words + upToEndToken(closing).length();
    }

    /** Whether the same text closes the turn when a question follows. */
    private boolean staysWhenItGoesOn(int turn, String closing) {
        var longer = new ArrayList<>(messages);
        longer.add(Message.user("?"));
        var text = renderer.render(longer, false);
        return text.flatMap(all -> last(all, turn)).map(run -> text.get().toString().startsWith(closing, run.end()))
                .orElse(false);
    }

    private static String commonEnd(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length())
                && a.charAt(a.length() - 1 - length) == b.charAt(b.length() - 1 - length)) {
            length++;
        }
        return a.substring(a.length() - length);
    }

    private void check(int turn, Span span, List<Span> earlier) {
        boolean found = messages.get(turn).content().isBlank();
        for (var run : whole.runs()) {
            boolean inside = run.start() < span.end() && run.end() > span.start();
            if (inside && run.origin() != turn) {
                throw refusal(turn, say("other words stand among its own"));
            }
            found |= inside;
        }
        if (!found) {
            throw refusal(turn, say("the template leaves out what it says"));
        }
        if (!earlier.isEmpty() && earlier.get(earlier.size() - 1).end() > span.start()) {
            throw refusal(turn, say("it does not stand behind the turn before it"));
        }
    }

    private static Optional<TracedText.Run> first(TracedText text, int turn) {
        return text.runs().stream().filter(run -> run.origin() == turn).findFirst();
    }

    private static Optional<TracedText.Run> last(TracedText text, int turn) {
        return text.runs().stream().filter(run -> run.origin() == turn).reduce((a, b) -> b);
    }

    private static Optional<TracedText.Run> lastBefore(TracedText text, int index) {
        return text.runs().stream().filter(run -> run.end() <= index).reduce((a, b) -> b);
    }

    private static String shown(String text) {
        String line = text.replace("\n", "\\n");
        return line.length() <= 60 ? line : line.substring(0, 60) + "...";
    }

    private TemplateRefusal refusal(int turn, String why) {
        String instead = messages.size() > 2 ? say(", or train on conversations of one question and one answer")
            : say(", or set data.prompt to tutorial");
        return new TemplateRefusal(say("%s: cannot tell which words are the assistant's in turn %d of %d: %s. "
                + "Mark them in the template with {%% generation %%} ... {%% endgeneration %%}%s.", name, turn + 1,
                messages.size(), why, instead));
    }
}
