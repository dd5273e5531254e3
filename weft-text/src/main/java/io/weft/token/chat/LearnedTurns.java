package io.weft.token.chat;

import io.weft.data.Message;
import io.weft.jinja.Rendering;
import io.weft.jinja.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

import static io.weft.problem.Language.say;

/**
 * What is learned of a rendered conversation, turn by turn: each answer from where the prompt that asks for it ends.
 * Templates render a turn otherwise once others follow (reasoning is dropped, the system message moves to the last
 * question); an earlier answer that a model would never be asked for in that way is left out.
 */
final class LearnedTurns {
    private final List<Message> messages;
    private final Rendering whole;
    private final TurnFinder finder;
    private final SortedMap<Integer, Integer> borders;
    // of a last answer whose prompt opens a block of reasoning that the conversation does not have
    private final Optional<OpenedThought> opened;

    /** @param prompts renders what asks for the answer to these messages; empty when the template refuses them */
    LearnedTurns(List<Message> messages, Rendering whole, TurnFinder finder,
            Function<List<Message>, Optional<String>> prompts) {
        this.messages = messages;
        this.whole = whole;
        this.finder = finder;
        this.borders = borders(messages, whole.text().toString(), prompts);
        int last = messages.size() - 1;
        opened = borders.containsKey(last) ? Optional.empty() : prompts.apply(messages.subList(0, last))
                .flatMap(prompt -> OpenedThought.of(prompt, whole.text(), last, messages.get(last)));
        opened.ifPresent(thought -> borders.put(last, thought.at()));
    }

    /** Where prompts end that a text begins with, by the turns that answer them. */
    static SortedMap<Integer, Integer> borders(List<Message> messages, String text,
            Function<List<Message>, Optional<String>> prompts) {
        SortedMap<Integer, Integer> borders = new TreeMap<>();
        for (int turn = 0; turn < messages.size(); turn++) {
            if (messages.get(turn).isAssistant()) {
                Optional<String> prompt = prompts.apply(messages.subList(0, turn)).filter(text::startsWith);
                if (prompt.isPresent()) {
                    borders.put(turn, prompt.get().length());
                }
            }
        }
        return borders;
    }

    /** @param marked whether the template itself marks what the assistant says */
    Dialogue dialogue(boolean marked) {
        int last = messages.size() - 1;
        if (!borders.containsKey(last)) {
            throw new TemplateRefusal(say("what the template asks with for the last answer is not how the conversation "
                    + "with that answer begins, so the model would be asked otherwise than it was trained"));
        }
        List<Span> spans = new ArrayList<>();
        int skipped = 0;
        for (int turn = 0; turn <= last; turn++) {
            if (messages.get(turn).isAssistant()) {
                List<Span> learned = borders.containsKey(turn) ? marked ? marked(turn) : found(turn) : List.of();
                skipped += learned.isEmpty() ? 1 : 0;
                spans.addAll(learned);
            }
        }
        var rendered = Rendered.of(whole.text(), spans, Rendered.Mask.RENDERED_PREFIXES);
        int[] places = borders.values().stream().mapToInt(Integer::intValue).toArray();
        opened.ifPresent(thought -> places[places.length - 1] += thought.rest().length());
        return new Dialogue(opened.map(thought -> thought.in(rendered.segments())).orElse(rendered.segments()), places,
                skipped);
    }

    /** From the turn's border to where the renderings of the conversation's beginnings tell that it ends. */
    private List<Span> found(int turn) {
        try {
            return List.of(finder.spanFrom(turn, borders.get(turn)));
        } catch (TemplateRefusal e) {
            if (turn == messages.size() - 1) {
                throw e;
            }
            return List.of();
        }
    }

    /** What generation blocks wrote behind the turn's border and before the next. */
    private List<Span> marked(int turn) {
        int from = borders.get(turn), to = borders.tailMap(turn + 1).values().stream().findFirst()
                .orElse(whole.text().length());
        List<Span> spans = whole.generated().stream()
                .filter(span -> span.length() > 0 && span.end() > from && span.start() < to)
                .filter(span -> whole.text().runs().stream().noneMatch(run -> run.start() < span.end()
                        && run.end() > span.start() && run.origin() >= 0 && run.origin() != turn)).toList();
        boolean speaks = messages.get(turn).content().isBlank() || whole.text().runs().stream().anyMatch(run ->
                run.origin() == turn && spans.stream().anyMatch(span -> run.start() < span.end()
                && run.end() > span.start()));
        if (!speaks && turn == messages.size() - 1) {
            throw new TemplateRefusal(say("the template's generation blocks hold nothing of the last answer, so there "
                    + "is nothing to train on; check that the template takes plain text as content"));
        }
        return speaks && !spans.isEmpty() ? fromBorder(turn, spans) : List.of();
    }

    /** The template's own text between border and answer is what the model has to say first. */
    private List<Span> fromBorder(int turn, List<Span> spans) {
        int border = borders.get(turn);
        List<Span> whole = new ArrayList<>(spans);
        whole.set(0, new Span(border, Math.max(border, spans.get(0).end())));
        return whole;
    }
}
