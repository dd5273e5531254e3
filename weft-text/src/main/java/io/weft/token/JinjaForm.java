package io.weft.token;

import io.weft.data.EncodingSettings;
import io.weft.data.Message;
import io.weft.token.chat.ChatTemplate;
import io.weft.token.chat.Dialogue;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.chat.Rendered;
import io.weft.token.chat.Segment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The chat template in a model's folder. */
final class JinjaForm implements ChatForm {
    @Override public String name() { return "jinja"; }

    @Override public boolean isOf(Path folder) { return ChatTemplate.read(folder).isPresent(); }

    @Override public MessageTemplate template(Path folder, Tokenizer tokenizer) {
        ChatTemplate template = ChatTemplate.read(folder, tokens(tokenizer)).orElseThrow();
        Optional<Segment> end = tokenizer.eos().isPresent() ? tokenizer.token(tokenizer.eos().getAsInt())
                .map(text -> new Segment(text, false, true)) : Optional.empty();
        return new Jinja(template, end);
    }

    /** A template may lie in another folder than its tokenizer, whose tokens it names all the same. */
    private static Map<String, String> tokens(Tokenizer tokenizer) {
        Map<String, String> tokens = new HashMap<>();
        Map.of("bos_token", tokenizer.bos(), "eos_token", tokenizer.eos(), "pad_token", tokenizer.pad())
                .forEach((name, id) -> id.stream().mapToObj(tokenizer::token)
                .forEach(text -> text.ifPresent(token -> tokens.put(name, token))));
        return tokens;
    }

    private record Jinja(ChatTemplate template, Optional<Segment> end) implements MessageTemplate {
        @Override public List<Segment> render(List<Message> messages, boolean answerNext) {
            return answerNext ? template.renderPrompt(messages).segments()
                    : ended(template.renderWithSpans(messages).segments());
        }

        @Override public Dialogue learned(List<Message> messages) {
            Dialogue dialogue = template.learned(messages);
            return new Dialogue(ended(dialogue.segments()), dialogue.borders(), dialogue.skipped());
        }

        @Override public Dialogue asked(List<Message> messages) { return template.asked(messages); }

        /** Some templates end the assistant's last turn with nothing; what is trained on that never stops. */
        private List<Segment> ended(List<Segment> segments) {
            return end.isPresent() && Rendered.endsOpen(segments)
                    ? Stream.concat(segments.stream(), end.stream()).toList() : segments;
        }

        @Override public MessageTemplate with(EncodingSettings settings) {
            return new Jinja(template.with(settings), end);
        }

        @Override public MessageTemplate given(Map<String, ?> variables) {
            return new Jinja(template.given(variables), end);
        }

        @Override public boolean mentions(String text) { return template.source().contains(text); }
    }
}
