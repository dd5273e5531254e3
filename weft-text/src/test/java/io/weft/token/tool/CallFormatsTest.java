package io.weft.token.tool;

import io.weft.data.Message;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.chat.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CallFormatsTest {
    private static final Set<String> TOOLS = Set.of("weather", "wait");
    private static final ToolCall BEIJING = new ToolCall("weather", "{\"city\":\"北京\",\"days\":2}");

    /** One whose source has these texts. */
    private static MessageTemplate with(String... texts) {
        return new MessageTemplate() {
            @Override public List<Segment> render(List<Message> messages, boolean answerNext) { return List.of(); }

            @Override public boolean mentions(String text) { return List.of(texts).contains(text); }
        };
    }

    /** Words, and calls in brackets, of an answer that comes in pieces of this length. */
    private static String read(CallFormat format, String answer, int length) {
        CallReader reader = format.reader(TOOLS);
        StringBuilder shown = new StringBuilder();
        for (int at = 0; at < answer.length(); at += length) {
            show(reader.push(answer.substring(at, Math.min(answer.length(), at + length))), shown);
        }
        show(reader.finish(), shown);
        return shown.toString();
    }

    private static void show(CallReader.Piece piece, StringBuilder shown) {
        shown.append(piece.words());
        piece.calls().forEach(call -> shown.append('[').append(call.name()).append(call.arguments()).append(']'));
    }

    private static void reads(CallFormat format, String answer, String expected) {
        for (int length : new int[] {1, 2, 7, 1000}) {
            assertThat(read(format, answer, length)).as("in pieces of " + length).isEqualTo(expected);
        }
    }

    private static String shown(ToolCall... calls) {
        StringBuilder shown = new StringBuilder();
        show(new CallReader.Piece("", List.of(calls)), shown);
        return shown.toString();
    }

    @Test void hermesCallsStandBetweenMarks() {
        String call = "<tool_call>\n{\"name\": \"weather\", \"arguments\": "
                + "{\"city\": \"北京\", \"days\": 2}}\n</tool_call>";
        reads(new HermesCalls(), call, shown(BEIJING));
        reads(new HermesCalls(), "Let me see.\n" + call + "\n" + call, "Let me see." + shown(BEIJING, BEIJING));
        reads(new HermesCalls(), "a < b, <tool or <tool_call", "a < b, <tool or <tool_call");
        reads(new HermesCalls(), "two words \n and more ", "two words \n and more ");
    }

    @Test void whatIsNoCallStaysWords() {
        String broken = "<tool_call>\n{\"name\": \"weather\", \"argum";
        reads(new HermesCalls(), broken, broken);
        reads(new HermesCalls(), "<tool_call>{\"name\": 5}</tool_call> ok", "<tool_call>{\"name\": 5}</tool_call> ok");
        reads(new PlainJsonCalls(), "{\"temperature\": 21}", "{\"temperature\": 21}");
        reads(new PlainJsonCalls(), "{not JSON at all", "{not JSON at all");
        reads(new MistralCalls(), "[TOOL_CALLS] nonsense", "[TOOL_CALLS] nonsense");
        reads(new GlmCalls(), "weather\nis fine", "weather\nis fine");
        reads(new GlmCalls(), "we", "we");
        reads(new GlmCalls(), "", "");
    }

    @Test void mistralsCallsAreAListOrANameWithArguments() {
        reads(new MistralCalls(), "[TOOL_CALLS] [{\"name\": \"weather\", "
                + "\"arguments\": {\"city\": \"北京\", \"days\": 2}},"
                + " {\"name\": \"wait\", \"arguments\": {}}]", shown(BEIJING, new ToolCall("wait", "{}")));
        reads(new MistralCalls(), "[TOOL_CALLS]weather[ARGS]{\"city\": \"北京\", \"days\": 2}"
                + "[TOOL_CALLS]wait[CALL_ID]x1[ARGS]{}", shown(BEIJING, new ToolCall("wait", "{}")));
    }

    @Test void plainJsonMayStandBehindLlamasMark() {
        String call = "{\"name\": \"weather\", \"parameters\": {\"city\": \"北京\", \"days\": 2}}";
        reads(new PlainJsonCalls(), call, shown(BEIJING));
        reads(new PlainJsonCalls(), "<|python_tag|>" + call + "; " + call, shown(BEIJING, BEIJING));
        reads(new PlainJsonCalls(), "[" + call + "]", shown(BEIJING));
        reads(new PlainJsonCalls(), "Sure: " + call, "Sure: " + call);
    }

    @Test void glmsCallsBeginWithTheNameOfATool() {
        reads(new GlmCalls(), "weather\n{\"city\": \"北京\", \"days\": 2}", shown(BEIJING));
        reads(new GlmCalls(), "weather\n ```python\ntool_call(city='北京', days=2)\n```", shown(BEIJING));
        reads(new GlmCalls(), "wait\n ```python\ntool_call(a=\"it's\", b='\\'', c=True, d=None, e=-1.5)\n```",
                "[wait{\"a\":\"it's\",\"b\":\"'\",\"c\":true,\"d\":null,\"e\":-1.5}]");
        reads(new GlmCalls(), "unknown\n{\"city\": \"北京\"}", "unknown\n{\"city\": \"北京\"}");
    }

    @Test void theFormatIsThatOfTheTemplatesMarks() {
        assertThat(CallFormats.of(with("<tool_call>"))).as("it shows no tools").isEmpty();
        List<String> names = new ArrayList<>();
        for (MessageTemplate template : List.of(with("tools", "<tool_call>"), with("tools", "[TOOL_CALLS]"),
                with("tools", "<|observation|>"), with("tools", "<|python_tag|>"), with("tools"),
                with("tools", "<tool_call>", "<arg_key>", "<|observation|>"))) {
            names.add(CallFormats.of(template).orElseThrow().name());
        }
        assertThat(names).containsExactly("hermes", "mistral", "glm", "json", "json", "json");
    }
}
