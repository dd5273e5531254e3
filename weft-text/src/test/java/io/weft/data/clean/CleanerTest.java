package io.weft.data.clean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.format.FormatVote;
import io.weft.data.format.RowFormat;
import io.weft.data.format.RowFormats;
import io.weft.data.prepare.CleanRows;
import io.weft.data.prepare.DataSettings;
import io.weft.data.read.Row;
import io.weft.golden.Golden;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CleanerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MANY = 1000;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @Test void alpacaRowsAreStrippedAsTheTutorialDoes() {
        assertThat(clean("alpaca", PromptStyle.TUTORIAL,
                "{'instruction':' a\u3000','input':'\\n','output':' b '}")).isEqualTo("a\n\n输出: -> b");
        assertThat(clean("alpaca", PromptStyle.TUTORIAL, "{'instruction':'a','output':'b'}"))
                .isEqualTo("a\n\n输出: -> b");
        assertThat(clean("alpaca", PromptStyle.TEMPLATE, "{'instruction':'a','input':' c','output':'b'}"))
                .isEqualTo("a\nc -> b");
    }

    @Test void promptsCompletionsAndTextsStayAsTheyAre() {
        assertThat(clean("prompt", PromptStyle.PLAIN, "{'prompt':' a ','completion':' b\\n'}"))
                .isEqualTo(" a  ->  b\n");
        assertThat(clean("prompt", PromptStyle.TUTORIAL, "{'prompt':'a','completion':'b'}"))
                .isEqualTo("a\n\n输出: -> b");
        assertThat(clean("text", PromptStyle.PLAIN, "{'text':' a\\n'}")).isEqualTo(" ->  a\n");
    }

    @Test void aRowThatLacksSomethingIsRejectedWithEverythingThatIsWrong() {
        assertThat(clean("alpaca", PromptStyle.TUTORIAL, "{'instruction':[7],'input':null}"))
                .isEqualTo("not_a_string:instruction: 'instruction' is a list; expected text; 'output' is missing (has "
                + "instruction, input); set data.format or fix the row");
        assertThat(clean("alpaca", PromptStyle.TUTORIAL, "{'instruction':' ','output':'b'}"))
                .startsWith("blank:instruction");
        assertThat(clean("prompt", PromptStyle.PLAIN, "{'prompt':'a','completion':'\\u3000'}"))
                .startsWith("blank:completion");
        assertThat(clean("prompt", PromptStyle.PLAIN, "{'prompt':'a','completion':'\\ud83d'}"))
                .startsWith("broken_character:completion");
        assertThat(clean("alpaca", PromptStyle.TUTORIAL,
                "{'instruction':'a','output':'b','history':[['c','d']]}")).startsWith("unsupported:history");
        assertThat(clean("alpaca", PromptStyle.TUTORIAL,
                "{'instruction':'a','output':'b','history':[],'system':''}")).isEqualTo("a\n\n输出: -> b");
    }

    @Test void messagesKeepTheirTurnsUnderATemplateAndNeedOneForSeveral() {
        String two = "{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':' b '}]}";
        String system =
                "{'messages':[{'role':'system','content':'s'},{'role':'user','content':'a'},{'role':'assistant',"
                + "'content':'b','name':'x','weight':1,'tool_calls':null}]}";
        assertThat(clean("messages", PromptStyle.TEMPLATE, two)).isEqualTo("a ->  b ");
        assertThat(clean("messages", PromptStyle.TUTORIAL, two)).isEqualTo("a\n\n输出: ->  b ");
        assertThat(clean("messages", PromptStyle.TEMPLATE, system)).isEqualTo("[s, a] -> b");
        assertThat(clean("messages", PromptStyle.PLAIN, system))
                .startsWith("needs_template: 3 messages; only data.prompt: template");
    }

    @Test void messagesThatWouldTeachSomethingElseAreRejected() {
        String[][] cases = {
            {"{'messages':'a'}", "not_a_list:messages: 'messages' is a text"}, {"{'chat':[]}", "missing:messages"},
                    {"{'messages':[]}", "no_user_turn"},
            {"{'messages':[{'role':'user','content':'a'}]}", "no_answer: the last message is of role 'user'"},
            {"{'messages':[{'role':'assistant','content':'a'}]}", "no_user_turn"},
            {"{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':' '}]}",
            "blank:messages.content"},
            {"{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':null}]}",
            "not_a_string:messages.content"},
            {"{'messages':[{'role':'user','content':[{'type':'text','text':'a'}]},{'role':'assistant','content':'b'}]}",
            "not_a_string:messages.content"},
            {"{'messages':[{'role':'human','content':'a'},{'role':'assistant','content':'b'}]}",
            "unknown_role: messages[0].role is 'human'"},
            {"{'messages':[{'from':'human','value':'a'},{'role':'assistant','content':'b'}]}",
            "missing:messages.role: 'messages[0].role' is missing"},
            {"{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b','weight':0}]}",
            "unsupported:messages.weight"},
            {"{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b','tool_calls':[1]}]}",
            "unsupported:messages.tool_calls"},
            {"{'tools':[1],'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]}",
            "unsupported:tools"},
            {"{'images':['x.png'],'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]}",
            "unsupported:images"},
            {"{'label':false,'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]}",
            "marked_bad:label"},
            {"{'label':true,'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]}", "a -> b"},
            {"{'messages':['a']}", "not_an_object:messages: 'messages[0]' is a text; expected an object"}};
        for (String[] c : cases) {
            assertThat(clean("messages", PromptStyle.TEMPLATE, c[0])).startsWith(c[1]);
        }
    }

    @Test void aRowsFieldsTellTheFormat() {
        assertThat(detect(row("{'instruction':'','input':'','output':'','text':''}")).name())
                .isEqualTo("alpaca");
        assertThat(detect(row("{'prompt':'','completion':''}")).name()).isEqualTo("prompt");
        assertThat(detect(row("{'messages':[]}")).name()).isEqualTo("messages");
        assertThat(detect(row("{'text':''}")).name()).isEqualTo("text");
        assertThat(detect(row("{'instruction':'','answer':''}")).name()).isEqualTo("alpaca");
        assertThatThrownBy(() -> detect(row("{'question':'','answer':''}"))).isInstanceOf(UserError.class)
                .hasMessageContaining("f line 7: the fields are question, answer; expected those of a format")
                .hasMessageContaining("alpaca: instruction, input (may be missing), output");
    }

    @Test void repeatsAreJudgedOnWhatIsTrained() {
        var repeats = new Repeats();
        String[][] rows = {{"a", "1"}, {"b", "1"}, {"a", "2"}, {"b", "1"}, {"a", "1"}, {"c", "3"}};
        for (int i = 0; i < rows.length; i++) {
            repeats.add(new Kept(i, Conversation.of(rows[i][0], rows[i][1], new Place("f", i + 1)), List.of()));
        }
        assertThat(repeats.duplicates(9)).extracting(d -> d.row().number() + "=" + d.first().number())
                .containsExactly("3=1", "4=0");
        assertThat(repeats.conflicts(9, 9)).extracting(group -> group.rows().stream().map(row -> row.place().line())
                .toList())
                .containsExactly(List.of(1, 3, 5));
    }

    /**
     * Every row of the dirty file: the tutorial's prompt and completion where its code gives one, its exception where
     * it raises, and all flags.
     */
    @Test void goldenPromptsAndFlags() throws IOException {
        Path file = Golden.at("sft/alpaca.json");
        JsonNode golden = Golden.json("sft/prompts_golden.json");
        Map<Integer, Sample> kept = new TreeMap<>();
        Map<Integer, List<String>> flags = new TreeMap<>();
        var repeats = new Repeats();
        var settings = DataSettings.DEFAULTS;
        int read;
        try (CleanRows rows = CleanRows.open(file, settings, kind -> true, OptionalInt.empty())) {
            rows.forEachRemaining(outcome -> {
                outcome.taken().ifPresent(row -> {
                    repeats.add(row);
                    flags.put(flags.size(), new ArrayList<>(row.flags()));
                    kept.put(row.number(), row.sample());
                });
                outcome.rejected().ifPresent(row -> flags.put(flags.size(), new ArrayList<>(List.of(row.reason()))));
            });
            read = rows.read();
        }
        repeats.duplicates(MANY).forEach(d -> flags.get(d.row().number()).add("duplicate_of:" + d.first().number()));
        repeats.conflicts(MANY, MANY).forEach(conflict -> conflict.rows()
                .forEach(seen -> flags.get(seen.number()).add("conflicting_completion")));
        int cases = 0;
        for (JsonNode row : golden.get("rows")) {
            int index = row.get("index").asInt();
            JsonNode expected = row.get("seed_code");
            // the tutorial's code falls over an input of null, which is how Python's tools write none
            List<String> raised = StreamSupport.stream(row.get("flags").spliterator(), false).map(JsonNode::asText)
                    .filter(flag -> !flag.equals("not_a_string:input")).toList();
            assertThat(flags.get(index)).as("row %d", index).containsExactlyInAnyOrderElementsOf(raised);
            if (kept.containsKey(index) && !expected.has("error")) {
                assertThat(kept.get(index).asked().get(0).content()).isEqualTo(expected.get("prompt").asText());
                assertThat(kept.get(index).answers().get(0)).isEqualTo(expected.get("completion").asText());
            } else {
                assertThat(kept.containsKey(index) && row.toString().contains("not_a_string:input")
                        || expected.has("error") || raised.stream().anyMatch(flag -> flag.startsWith("blank:")))
                        .as("row %d", index).isTrue();
            }
            cases++;
        }
        assertThat(read).isEqualTo(cases);
        assertThat(groups(repeats.conflicts(MANY, MANY))).isEqualTo(groups(golden.get("conflict_groups")));
        Golden.ran("sft/prompts", cases);
    }

    private static List<List<Integer>> groups(List<Repeats.Conflict> groups) {
        return groups.stream().map(group -> group.rows().stream().map(Repeats.Seen::number).toList()).toList();
    }

    private static List<List<Integer>> groups(JsonNode groups) {
        return StreamSupport.stream(groups.spliterator(), false)
                .map(g -> StreamSupport.stream(g.spliterator(), false).map(JsonNode::asInt).toList()).toList();
    }

    private static String clean(String format, PromptStyle style, String row) {
        var outcome = new Cleaner(RowFormats.find(format).orElseThrow(), style).clean(row(row));
        return outcome.taken().map(Kept::sample).map(CleanerTest::shown)
                .orElseGet(() -> outcome.rejected().orElseThrow().reason() + ": "
                + outcome.rejected().orElseThrow().detail());
    }

    private static String shown(Sample sample) {
        List<String> asked = sample.asked().stream().map(Message::content).toList();
        return (asked.size() == 1 ? asked.get(0) : asked.isEmpty() ? "" : asked.toString()) + " -> "
                + sample.answers().get(0);
    }

    private static RowFormat detect(Row row) {
        var vote = new FormatVote(kind -> true);
        vote.add(row);
        return vote.winner();
    }

    private static Row row(String json) {
        try {
            return new Row(0, new Place("f", 7), (ObjectNode) JSON.readTree(json.replace('\'', '"')));
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
