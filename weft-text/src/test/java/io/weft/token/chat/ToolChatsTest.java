package io.weft.token.chat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Message;
import io.weft.golden.Golden;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Conversations with tools, as real templates render them. */
class ToolChatsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> TOKENS = Map.of("bos_token", "<s>", "eos_token", "</s>", "pad_token",
            "<pad>", "unk_token", "<unk>");

    /** A message of the API, its fields beside role and content as they are. */
    private static Message message(JsonNode node) {
        Map<String, Object> fields = new LinkedHashMap<>(JSON.convertValue(node, new TypeReference<>() { }));
        fields.keySet().removeAll(List.of("role", "content"));
        return new Message(node.get("role").asText(), node.get("content").asText(), "", fields);
    }

    @Test void toolsCallsAndWhatTheyReturnedReadAsTransformersRendersThem() throws IOException {
        JsonNode cases = JSON.readTree(ToolChatsTest.class.getResourceAsStream("/tool-chats.json"));
        int ran = 0;
        for (JsonNode each : cases.get("rendered")) {
            Path file = Golden.at("chat_templates/templates").resolve(each.get("template").asText());
            if (!Files.exists(file)) {
                Golden.skipped(file, "not there");
                continue;
            }
            List<Message> messages = new ArrayList<>();
            cases.get("chats").get(each.get("chat").asText()).forEach(node -> messages.add(message(node)));
            ChatTemplate template = ChatTemplate.of(file.toString(), Files.readString(file), TOKENS);
            Map<String, Object> given = new TreeMap<>(Map.of("tools",
                    List.of(JSON.convertValue(cases.get("tool"), LinkedHashMap.class))));
            if (Files.readString(file).contains("date_string")) {
                given.put("date_string", "26 Jul 2024");
            }
            Dialogue asked = template.given(given).asked(messages);
            assertThat(Dialogue.text(asked.segments())).as(each.get("template") + " " + each.get("chat"))
                    .isEqualTo(each.get("text").asText());
            assertThat(asked.segments().stream().filter(segment -> segment.text().contains("北京")
                    || segment.text().contains("Weather of a city"))).as("what somebody wrote")
                    .allMatch(Segment::literal);
            ran++;
        }
        Golden.ran("chats with tools", ran);
    }

    @Test void aVariableThatTheTemplateDoesNotReadOrThatIsItsOwnIsRefusedByName() {
        ChatTemplate template = ChatTemplate.of("test template", "{{ bos_token }}{{ mood }}{% for m in messages %}"
                + "{{ m.content }}{% endfor %}", TOKENS);
        assertThat(template.given(Map.of("mood", "<s>!")).asked(List.of(Message.user("a"))).segments())
                .containsExactly(new Segment("<s>", false, false), new Segment("<s>!a", true, false));
        for (String name : List.of("tools", "messages", "bos_token", "add_generation_prompt")) {
            assertThatThrownBy(() -> template.given(Map.of(name, "x"))).isInstanceOf(UserError.class)
                    .hasMessageContaining("'" + name + "'");
        }
    }
}
