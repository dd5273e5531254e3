package io.weft.token.encode;

import io.weft.data.Border;
import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.token.chat.Dialogue;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.chat.Segment;
import io.weft.token.chat.TemplateRefusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** Conversations as a chat template renders them. A token is learned when it holds any of what the assistant said. */
record TemplateDocuments(MessageTemplate template, SegmentEncoder segments, BorderEncoder encoder, Border border)
        implements Documents {
    @Override public Documents behind(HardPrompt prompt) {
        return new TemplateDocuments(PromptedTemplate.of(template, prompt), segments, encoder, border);
    }

    @Override public Draft learned(Conversation conversation, boolean lastAnswerOnly) {
        if (border == Border.JOINED) {
            return joined(conversation, lastAnswerOnly);
        }
        Dialogue dialogue = template.learned(conversation.messages());
        var exact = encoder.encode(dialogue.segments(), dialogue.borders());
        var tokens = MaskedTokens.of(exact.tokens());
        return lastAnswerOnly
                ? new Draft(tokens.learnedFrom(exact.borders()[exact.borders().length - 1]), exact.moved() > 0, 0)
                : new Draft(tokens, exact.moved() > 0, dialogue.skipped());
    }

    private Draft joined(Conversation conversation, boolean lastAnswerOnly) {
        var tokens = MaskedTokens.of(segments.encode(template.render(conversation.messages(), false)));
        boolean earlier = lastAnswerOnly && conversation.asked().stream().anyMatch(Message::isAssistant);
        return new Draft(earlier ? tokens.learnedFrom(common(asked(conversation.asked()).ids(), tokens.ids())) : tokens,
                moves(conversation), 0);
    }

    private boolean moves(Conversation conversation) {
        try {
            Dialogue dialogue = template.learned(conversation.messages());
            return encoder.encode(dialogue.segments(), dialogue.borders()).moved() > 0;
        } catch (TemplateRefusal e) {
            return true;                                             // asked otherwise than it is trained
        }
    }

    @Override public Draft learned(Text text) {
        var tokens = MaskedTokens.of(segments.encode(template.render(List.of(Message.assistant(text.text())), false)));
        return new Draft(tokens, false, 0);
    }

    @Override public MaskedTokens asked(List<Message> messages) {
        if (border == Border.JOINED) {
            return MaskedTokens.of(segments.encode(template.render(messages, true)));
        }
        Dialogue dialogue = template.asked(messages);
        return MaskedTokens.of(encoder.encode(dialogue.segments(), dialogue.borders()).tokens());
    }

    @Override public int[] begun(List<Message> messages) {
        List<Message> before = messages.subList(0, messages.size() - 1);
        Message last = messages.get(messages.size() - 1);
        String words = last.content().strip();
        Dialogue dialogue;
        try {
            dialogue = template.learned(messages);
        } catch (TemplateRefusal e) {
            // it shows the answer otherwise than it asks for it: what is asked, then the words, as they came
            Dialogue asked = template.asked(before);
            List<Segment> segments = new ArrayList<>(asked.segments());
            segments.add(new Segment(last.content(), true, false));
            return encode(new Dialogue(segments, asked.borders(), 0));
        }
        var joined = SegmentEncoder.Joined.of(dialogue.segments());
        String whole = joined.text();
        int from = dialogue.borders()[dialogue.borders().length - 1], at = whole.lastIndexOf(words);
        while (at >= from && joined.literal().nextClearBit(at) < at + words.length()) {
            at = whole.lastIndexOf(words, at - 1);                   // the template's own text, such as its end mark
        }
        if (words.isEmpty()) {
            return encode(upTo(dialogue, from));
        }
        if (at < from) {
            throw new TemplateRefusal(say("the chat template does not show the assistant's last message, so nothing "
                    + "can go on behind it; end with the user's message"));
        }
        // most templates cut white space off; where one does not, it stands as it was written
        String begun = last.content().stripLeading();
        return encode(upTo(dialogue, at + (whole.startsWith(begun, at) ? begun : words).length()));
    }

    private int[] encode(Dialogue dialogue) {
        return border == Border.JOINED ? segments.encode(dialogue.segments()).ids()
                : encoder.encode(dialogue.segments(), dialogue.borders()).tokens().ids();
    }

    private static Dialogue upTo(Dialogue dialogue, int end) {
        List<Segment> kept = new ArrayList<>();
        int at = 0;
        for (Segment each : dialogue.segments()) {
            if (at < end) {
                kept.add(new Segment(each.text().substring(0, Math.min(each.text().length(), end - at)),
                        each.literal(), false));
            }
            at += each.text().length();
        }
        return new Dialogue(kept, Arrays.stream(dialogue.borders()).filter(each -> each <= end).toArray(), 0);
    }

    @Override public Documents given(Map<String, ?> variables) {
        return new TemplateDocuments(template.given(variables), segments, encoder, border);
    }

    /** How many tokens both begin with. */
    private static int common(int[] prompt, int[] whole) {
        int same = 0;
        while (same < Math.min(prompt.length, whole.length) && prompt[same] == whole[same]) {
            same++;
        }
        return same;
    }

    /**
     * The oldest exchanges go first, as long as one is left; before that the last answers' ends, where these go first.
     */
    @Override public List<MaskedTokens> cut(Sample sample, List<MaskedTokens> whole, int limit, OverLength how) {
        List<Conversation> left = sample.conversations();
        List<MaskedTokens> documents = rightCut(whole, limit, how);
        while (documents.stream().anyMatch(each -> each.ids().length > limit)) {
            List<Conversation> fewer = left.stream().flatMap(each -> withoutOldestExchange(each.messages()).stream()
                    .map(messages -> new Conversation(messages, each.place()))).toList();
            if (fewer.size() < left.size()) {
                return MaskedTokens.shortened(documents, limit, how);
            }
            left = fewer;
            documents = rightCut(left.stream().map(each -> learned(each, sample.judgesLastAnswer()).tokens()).toList(),
                    limit, how);
        }
        return documents;
    }

    private static List<MaskedTokens> rightCut(List<MaskedTokens> documents, int limit, OverLength how) {
        return how == OverLength.CUT_RIGHT ? documents.stream().map(each -> each.withoutAnswersEnd(limit)).toList()
                : documents;
    }

    @Override public MaskedTokens cutAsked(List<Message> messages, MaskedTokens whole, int limit, OverLength how) {
        return whole.ids().length <= limit ? whole : withoutOldestExchange(messages)
                .map(fewer -> cutAsked(fewer, asked(fewer), limit, how)).orElseGet(() -> whole.shortened(limit, how));
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
}
