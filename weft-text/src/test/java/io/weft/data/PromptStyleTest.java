package io.weft.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.golden.Golden;
import io.weft.jinja.PythonSpace;
import io.weft.settings.Word;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PromptStyleTest {
    @Test void theTutorialsPromptLeavesOutAnEmptyInput() {
        assertThat(PromptStyle.TUTORIAL.build("翻译", "hello")).isEqualTo("翻译\n\n输入:hello\n\n输出:");
        assertThat(PromptStyle.TUTORIAL.build("翻译", "")).isEqualTo("翻译\n\n输出:");
    }

    @Test void theOthersPutTheInputOnTheNextLine() {
        for (PromptStyle style : new PromptStyle[] {PromptStyle.TEMPLATE, PromptStyle.PLAIN}) {
            assertThat(style.build("Translate.", "hello")).isEqualTo("Translate.\nhello");
            assertThat(style.build("Translate.", "")).isEqualTo("Translate.");
        }
        assertThat(Word.named(PromptStyle.class, "template")).contains(PromptStyle.TEMPLATE);
        assertThat(Word.named(PromptStyle.class, "Template")).isEmpty();
    }

    @Test void aConversationIsOneTextOfExchangesAsRowsAreTrained() {
        List<Message> turns = List.of(Message.system("Be kind."), Message.user(" 翻译 "), Message.assistant("好"),
                Message.user("再来"), Message.user("一次"));
        assertThat(PromptStyle.TUTORIAL.ask(turns))
                .isEqualTo("Be kind.\n\n翻译\n\n输出:好\n\n再来\n\n一次\n\n输出:");
        assertThat(PromptStyle.PLAIN.ask(turns)).isEqualTo("Be kind.\n\n翻译好\n\n再来\n\n一次");
        assertThat(PromptStyle.TUTORIAL.ask(turns.subList(1, 2)))
                .isEqualTo(PromptStyle.TUTORIAL.build("翻译", ""));
        assertThat(PromptStyle.TUTORIAL.ask(List.of(Message.assistant("你好"), Message.user("翻译"))))
                .as("a greeting before any question").isEqualTo("你好\n\n翻译\n\n输出:");
    }

    @Test void spacesArePythonsAndNotJavas() {
        assertThat(PythonSpace.strip("\u3000\u00a0\u0085\u001c a b \u2028\u202f\u205f\u1680\n")).isEqualTo("a b");
        assertThat(PythonSpace.strip("\u200b\ufeff\u180e\u0000a")).isEqualTo("\u200b\ufeff\u180e\u0000a");
        assertThat(PythonSpace.strip(" \t ")).isEmpty();
    }

    @Test void goldenStrip() {
        int cases = 0;
        for (JsonNode c : Golden.json("sft/prompts_golden.json").get("strip")) {
            assertThat(PythonSpace.strip(c.get("text").asText())).isEqualTo(c.get("stripped").asText());
            cases++;
        }
        Golden.ran("sft/strip", cases);
    }
}
