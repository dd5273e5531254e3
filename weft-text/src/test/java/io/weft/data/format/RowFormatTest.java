package io.weft.data.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.data.read.Row;
import io.weft.data.read.RowProblem;
import io.weft.problem.Language;
import java.io.IOException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Rows of formats that know more than a prompt and a completion. */
class RowFormatTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @Test void everyFormatHasANameAndFieldsOfItsOwn() {
        assertThat(RowFormats.names()).doesNotHaveDuplicates();
        for (RowFormat format : RowFormats.all()) {
            assertThat(RowFormats.find(format.name())).contains(format);
            assertThat(format.required()).isNotEmpty();
            assertThat(format.shape()).contains(format.required());
        }
    }

    @Test void shareGptsTurnsAreMessages() {
        String turns = "'conversations':[{'from':'human','value':'a'},{'from':'gpt','value':' b '}]";
        assertThat(read("sharegpt", PromptStyle.TEMPLATE, "{" + turns + "}")).isEqualTo("user a ->  b ");
        assertThat(read("sharegpt", PromptStyle.TUTORIAL, "{" + turns + "}")).isEqualTo("user a\n\n输出: ->  b ");
        assertThat(read("sharegpt", PromptStyle.TEMPLATE, "{" + turns + ",'system':'s','tools':[{}]}"))
                .startsWith("unsupported:tools");
        assertThat(read("sharegpt", PromptStyle.TEMPLATE, "{" + turns + ",'system':'s','tools':''}"))
                .isEqualTo("system s, user a ->  b ");
        assertThat(read("sharegpt", PromptStyle.TEMPLATE, "{'conversations':[{'from':'system','value':'s'},"
                + "{'from':'human','value':'a'},{'from':'gpt','value':'b'},{'from':'human','value':'c'},"
                + "{'from':'gpt','value':'d'}],'system':null}"))
                .isEqualTo("system s, user a, assistant b, user c -> d");
    }

    @Test void shareGptsTurnsOutOfOrderAreRefused() {
        String[][] cases = {
            {"{'conversations':[{'from':'gpt','value':'b'}]}",
            "turn_order:conversations: turn 1 of 'conversations' is of role assistant, expected user"},
            {"{'conversations':[{'from':'human','value':'a'},{'from':'human','value':'b'},{'from':'gpt','value':'c'}]}",
            "turn_order:conversations: turn 2 of 'conversations' is of role user, expected assistant"},
            {"{'conversations':[{'from':'human','value':'a'}]}",
            "turn_order:conversations: 'conversations' has 1 turns; expected at most one system text"},
            {"{'conversations':[]}", "turn_order:conversations: 'conversations' has 0 turns"},
            {"{'conversations':[{'from':'human','value':'a'},{'from':'gpt','value':' '}]}", "blank:conversations"},
            {"{'conversations':[{'from':'human','value':'a'},{'from':'function_call','value':'b'}]}",
            "unknown_role: conversations[1].from is 'function_call'; expected one of human, gpt, system"},
            {"{'conversations':[{'role':'user','content':'a'}]}", "missing:conversations.from"},
            {"{'conversations':'a'}", "not_a_list:conversations: 'conversations' is a text; expected a list of {from"},
            {"{'system':'s','conversations':[{'from':'system','value':'t'},{'from':'human','value':'a'},"
            + "{'from':'gpt','value':'b'}]}", "two_system_texts"}};
        for (String[] c : cases) {
            assertThat(read("sharegpt", PromptStyle.TEMPLATE, c[0])).startsWith(c[1]);
        }
    }

    @Test void aPreferenceTakesPromptAndAnswersInEverySpelling() {
        String human = "'conversations':[{'from':'human','value':'a'}]", texts = "'chosen':'b','rejected':'c'";
        String[][] same = {
            {human, texts}, {human, "'chosen':{'from':'gpt','value':'b'},'rejected':{'from':'gpt','value':'c'}"},
            {"'messages':[{'role':'user','content':'a'}]", texts}, {"'prompt':'a'", texts},
            {"'prompt':[{'role':'user','content':'a'}]",
            "'chosen':[{'role':'assistant','content':'b'}],'rejected':[{'role':'assistant','content':'c'}]"},
            {"'prompt':'a'", "'chosen':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}],"
            + "'rejected':[{'role':'user','content':'a'},{'role':'assistant','content':'c'}]"},
            {"'instruction':'a','input':''", texts}};
        for (String[] row : same) {
            assertThat(read("preference", PromptStyle.TEMPLATE, "{" + row[0] + "," + row[1] + "}")).as(row[0])
                    .isEqualTo("user a -> b / c");
        }
        assertThat(read("preference", PromptStyle.TUTORIAL, "{'instruction':'a','input':'i'," + texts + "}"))
                .isEqualTo("user a\n\n输入:i\n\n输出: -> b / c");
        assertThat(read("preference", PromptStyle.TEMPLATE, "{'system':'s'," + human + "," + texts + "}"))
                .isEqualTo("system s, user a -> b / c");
        assertThat(read("preference", PromptStyle.PLAIN, "{'system':'s'," + human + "," + texts + "}"))
                .startsWith("needs_template");
    }

    @Test void aPreferenceMaySayHowMuchBetterTheChosenAnswerIs() {
        String texts = "'prompt':'a','chosen':'b','rejected':'c'";
        for (String margin : new String[] {"1.5", "'1.5'", "' 1.5 '"}) {
            assertThat(pair("{" + texts + ",'margin':" + margin + "}").margin()).as(margin).hasValue(1.5);
        }
        for (String none : new String[] {"null", "''"}) {
            assertThat(pair("{" + texts + ",'margin':" + none + "}").margin()).as(none).isEmpty();
        }
        assertThat(pair("{" + texts + ",'margin':-2}").values()).containsExactly(-2, Double.NaN);
        assertThat(read("preference", PromptStyle.PLAIN, "{" + texts + ",'margin':'much'}"))
                .startsWith("not_a_number:margin: 'margin' is a text; expected a number");
    }

    private static Preference pair(String json) {
        return (Preference) RowFormats.find("preference").orElseThrow().read(new Fields(row(json)), PromptStyle.PLAIN,
                new Place("f", 1));
    }

    @Test void aPreferenceThatPrefersNothingIsRefused() {
        String[][] cases = {
            {"{'prompt':'a','chosen':'b','rejected':'b'}", "same_answers"},
            {"{'prompt':'a','chosen':'b'}", "missing:rejected"}, {"{'chosen':'b','rejected':'c'}", "missing:prompt"},
            {"{'prompt':'a','chosen':' ','rejected':'c'}", "blank:chosen"},
            {"{'prompt':'a','chosen':{'from':'human','value':'b'},'rejected':'c'}",
            "no_answer:chosen: 'chosen' does not end with the assistant's turn"},
            {"{'prompt':'a','chosen':{},'rejected':'c'}", "missing:chosen.role"},
            {"{'chosen':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}],"
            + "'rejected':[{'role':'user','content':'x'},{'role':'assistant','content':'c'}]}", "different_prompts"},
            {"{'prompt':'y','chosen':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}],"
            + "'rejected':[{'role':'user','content':'a'},{'role':'assistant','content':'c'}]}", "two_prompts"},
            {"{'conversations':[{'from':'human','value':'a'},{'from':'gpt','value':'b'}],'chosen':'b','rejected':'c'}",
            "turn_order:conversations"},
            {"{'instruction':'a','history':[['b','c']],'chosen':'b','rejected':'c'}", "unsupported:history"}};
        for (String[] c : cases) {
            assertThat(read("preference", PromptStyle.TEMPLATE, c[0])).as(c[0]).startsWith(c[1]);
        }
    }

    @Test void aLabelMarksAConversationOfAnyFormat() {
        String[] rows = {
            "'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]",
            "'conversations':[{'from':'human','value':'a'},{'from':'gpt','value':'b'}]",
            "'prompt':'a','completion':'b'", "'instruction':'a','output':'b'"};
        for (String row : rows) {
            assertThat(read("kto", PromptStyle.TEMPLATE, "{" + row + ",'label':false}")).isEqualTo("user a -> b");
            assertThat(read("kto", PromptStyle.TEMPLATE, "{" + row + ",'label':'no'}"))
                    .startsWith("not_true_or_false:label: 'label' is a text; expected true or false");
            assertThat(read("kto", PromptStyle.TEMPLATE, "{" + row + "}")).startsWith("missing:label");
        }
        assertThat(read("kto", PromptStyle.TEMPLATE, "{'label':true}")).startsWith("missing:messages");
    }

    @Test void aPromptAndItsCompletionMayBeTurns() {
        String turns = "'prompt':[{'role':'system','content':'s'},{'role':'user','content':'a'}]",
                answer = "'completion':[{'role':'assistant','content':'b'}]";
        for (String format : new String[] {"prompt", "kto"}) {
            String label = format.equals("kto") ? ",'label':true" : "";
            assertThat(read(format, PromptStyle.TEMPLATE, "{" + turns + "," + answer + label + "}"))
                    .isEqualTo("system s, user a -> b");
            assertThat(read(format, PromptStyle.TEMPLATE, "{" + turns + ",'completion':'b'" + label + "}"))
                    .isEqualTo("system s, user a -> b");
            assertThat(read(format, PromptStyle.TEMPLATE, "{'prompt':'a'," + answer + label + "}"))
                    .isEqualTo("user a -> b");
            assertThat(read(format, PromptStyle.PLAIN, "{" + turns + "," + answer + label + "}"))
                    .startsWith("needs_template");
            assertThat(read(format, PromptStyle.TEMPLATE, "{'prompt':[{'role':'assistant','content':'a'}]," + answer
                    + label + "}")).startsWith("turn_order:prompt");
            assertThat(read(format, PromptStyle.TEMPLATE, "{" + turns
                    + ",'completion':[{'role':'user','content':'b'}]" + label + "}"))
                    .startsWith("no_answer:completion");
            assertThat(read(format, PromptStyle.TEMPLATE, "{'prompt':'a','completion':[{'role':'user','content':'b'},"
                    + "{'role':'assistant','content':'c'}]" + label + "}")).startsWith("unsupported:completion");
        }
    }

    @Test void aMarkedRowIsReadWithItsMarkOnlyWhereMarksAreAskedFor() {
        Row marked = new Row(0, new Place("f", 1), row("{'messages':[],'label':true}"));
        assertThat(told(marked, Conversation.class).name()).isEqualTo("messages");
        assertThat(told(marked, Judged.class).name()).isEqualTo("kto");
        Row pair = new Row(0, new Place("f", 1), row("{'conversations':[],'chosen':'','rejected':''}"));
        assertThat(told(pair, Conversation.class).name()).isEqualTo("preference");
    }

    @Test void aLabelIsOfATextAPromptOrTurns() {
        String[] rows = {"'text':'a'", "'prompt':'a'", "'instruction':' a ','input':''",
            "'messages':[{'role':'user','content':'a'}]", "'conversations':[{'from':'human','value':'a'}]"};
        for (String row : rows) {
            assertThat(read("labelled", PromptStyle.PLAIN, "{" + row + ",'label':' good '}")).as(row)
                    .isEqualTo("user a -> good");
            assertThat(read("labelled", PromptStyle.PLAIN, "{" + row + ",'label':3}")).isEqualTo("user a -> 3");
            assertThat(read("labelled", PromptStyle.PLAIN, "{" + row + ",'label':true}")).isEqualTo("user a -> true");
            assertThat(read("labelled", PromptStyle.PLAIN, "{" + row + ",'output':'good'}")).as("its answer is it")
                    .isEqualTo("user a -> good");
            assertThat(read("labelled", PromptStyle.PLAIN, "{" + row + ",'label':' '}")).startsWith("blank:label");
            assertThat(read("labelled", PromptStyle.PLAIN, "{" + row + "}")).startsWith("missing:label");
        }
        assertThat(read("labelled", PromptStyle.TUTORIAL, "{'instruction':'a','input':'b','label':'c'}"))
                .isEqualTo("user a\n\n输入:b\n\n输出: -> c");
        assertThat(read("labelled", PromptStyle.PLAIN, "{'label':'c'}")).startsWith("missing:text");
        assertThat(read("labelled", PromptStyle.TEMPLATE, "{'messages':[{'role':'assistant','content':'a'}],"
                + "'label':'c'}")).startsWith("no_question");
    }

    @Test void aLabelIsAClassOnlyWhereClassesAreAskedFor() {
        Row row = new Row(0, new Place("f", 1), row("{'text':'a','label':'b'}"));
        assertThat(told(row, Labelled.class).name()).isEqualTo("labelled");
        assertThat(told(row, Text.class).name()).isEqualTo("text");
    }

    private static RowFormat told(Row row, Class<? extends Sample> wanted) {
        var vote = new FormatVote(wanted::equals);
        vote.add(row);
        return vote.winner();
    }

    /** The sample as {@code role words, … -> answers}, or the reason and all problems. */
    private static String read(String format, PromptStyle style, String row) {
        Fields fields = new Fields(row(row));
        Sample sample = RowFormats.find(format).orElseThrow().read(fields, style, new Place("f", 7));
        if (!fields.problems().isEmpty()) {
            return fields.problems().get(0).reason() + ": " + fields.problems().stream().map(RowProblem::text)
                    .collect(Collectors.joining("; "));
        }
        return sample.asked().stream().map(RowFormatTest::shown).collect(Collectors.joining(", ")) + " -> "
                + String.join(" / ", sample.answers());
    }

    private static String shown(Message turn) { return turn.role() + " " + turn.content(); }

    private static ObjectNode row(String json) {
        try {
            return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
