package io.weft.token.encode;

import io.weft.data.Border;
import io.weft.data.Conversation;
import io.weft.data.EncodingSettings;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Thinking;
import io.weft.problem.UserError;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a recipe says of a chat template, and rows that a template refuses. */
class TemplateSettingsTest {
    private static final String CHAT = """
            {%- for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}
            {{ raise_exception('Conversation roles must alternate') }}{% endif %}<|im_start|>{{ m.role }}
            {{ m.content }}<|im_end|>
            {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
            {% endif %}""";
    private static final String CLOCK = "{{ strftime_now('%H:%M:%S') }}" + CHAT;
    private static final List<Message> ASKED = List.of(Message.user("这只猫?"));
    private static final String ANSWERED = "这只猫?<|im_end|>\n<|im_start|>assistant\n";
    @TempDir Path folder;
    private Tokenizer tokenizer;

    @AfterEach void close() { tokenizer.close(); }

    @Test void aRowThatTheTemplateRefusesIsSetAsideWithItsPlaceAndTheTemplatesSentence() throws IOException {
        ConversationEncoder encoder = format(CHAT, EncodingSettings.DEFAULTS).encoder();
        var good = Conversation.answered(ASKED, "the cat", new Place("chats.jsonl", 10));
        var bad = Conversation.answered(List.of(Message.user("a"), Message.user("b")), "c",
                new Place("chats.jsonl", 11));
        assertThat(encoder.encodeAll(List.of(good, bad, good))).hasSize(2);
        assertThat(encoder.report().setAside()).isEqualTo(1);
        assertThat(encoder.report().toString()).contains("1 set aside");
        assertThat(encoder.setAside()).hasSize(1);
        assertThat(encoder.setAside().get(0).toString()).isEqualTo("chats.jsonl line 11: the chat template refuses it: "
                + "Conversation roles must alternate (line 2 of chat_template.jinja)");
        assertThat(encoder.another().setAside()).isEmpty();
    }

    @Test void theTimeThatATemplateSeesIsTheRunsAndInServingTheRealOne() throws IOException {
        var settings = new EncodingSettings(Border.EXACT, Thinking.AUTO,
                Optional.of(LocalDateTime.parse("2026-07-09T08:05:03")));
        assertThat(asked(CLOCK, settings)).startsWith("08:05:03<|im_start|>");
        ConversationEncoder encoder = format(CLOCK, settings).encoder();
        var row = Conversation.answered(ASKED, "the cat", new Place("chats.jsonl", 1));
        assertThat(encoder.encode(row).get(0).documents().get(0).ids()).startsWith(encoder.encodePrompt(ASKED));
        assertThat(settings.decided()).isEqualTo(settings);
        assertThat(EncodingSettings.DEFAULTS.decided().clock()).isPresent();
        assertThat(asked(CLOCK, settings.served())).matches("(?s)\\d\\d:\\d\\d:\\d\\d<.*").doesNotStartWith("08:05:03");
    }

    @Test void thinkingIsWhatTheTemplateCallsEnableThinkingOrThinking() throws IOException {
        String asks = CHAT.replace("assistant\n{% endif %}", "assistant\n{{ '<on>' if VARIABLE else '<off>' }}"
                + "{{ '<unset>' if VARIABLE is not defined }}{% endif %}");
        for (String variable : List.of("enable_thinking", "thinking")) {
            String source = asks.replace("VARIABLE", variable);
            assertThat(asked(source, thinking(Thinking.AUTO))).endsWith(ANSWERED + "<off><unset>");
            assertThat(asked(source, thinking(Thinking.ON))).endsWith(ANSWERED + "<on>");
            assertThat(asked(source, thinking(Thinking.OFF))).endsWith(ANSWERED + "<off>");
        }
    }

    @Test void thinkingIsRefusedWhereNothingWouldChange() throws IOException {
        // the word stands in the text and as an attribute, and is no variable
        String source = CHAT.replace("{{ m.content }}", "thinking {{ m.thinking }}{{ m.content }}");
        assertThatThrownBy(() -> format(source, thinking(Thinking.ON))).isInstanceOf(UserError.class)
                .hasMessageContainingAll("data.thinking is on", "chat_template.jinja", "enable_thinking");
        tokenizer = TinyTokenizers.make(folder);
        assertThatThrownBy(() -> PromptFormat.of(folder, bounds(), PromptStyle.PLAIN, 100, OverLength.CUT,
                thinking(Thinking.OFF))).isInstanceOf(UserError.class)
                .hasMessageContainingAll("data.thinking is off", "data.prompt is plain");
    }

    private static EncodingSettings thinking(Thinking thinking) {
        return new EncodingSettings(Border.EXACT, thinking, Optional.empty());
    }

    private String asked(String template, EncodingSettings settings) throws IOException {
        int[] ids = format(template, settings).encoder().encodePrompt(ASKED);
        return tokenizer.decode(ids, false);
    }

    private PromptFormat format(String template, EncodingSettings settings) throws IOException {
        if (tokenizer != null) {
            tokenizer.close();
        }
        TinyTokenizers.write(folder);
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        PromptFormat format = PromptFormat.of(folder, bounds(), PromptStyle.TEMPLATE, 1000, OverLength.REFUSE,
                settings);
        tokenizer = format.tokenizer();
        return format;
    }

    private PromptFormat.Bounds bounds() {
        return new PromptFormat.Bounds(folder.resolve("config.json"), 400, "vocab_size", OptionalInt.empty(),
                "max_position_embeddings");
    }
}
