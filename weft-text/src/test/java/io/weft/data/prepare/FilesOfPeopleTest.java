package io.weft.data.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Sample;
import io.weft.data.check.report.DataCheck;
import io.weft.golden.Golden;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Files as Python's datasets, pandas and hands write them: prepared right, or told in words that help. */
class FilesOfPeopleTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir Path folder;
    private int runs;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    /** What a reader is told of the rows. */
    private static String report(PreparedData data) throws IOException {
        DataCheck.of(data, Optional.empty());
        return Files.readString(data.folder().resolve(PreparedData.REPORT));
    }

    @Test void nullAndEmptyListsAreAbsenceInEveryFormat() throws IOException {
        String none = "'system':null,'history':null,'tools':[],'images':null,'label':null,'messages':null,'text':null";
        String[][] rows = {
            {"alpaca", "{'instruction':'a','output':'b','input':null,%s}"},
            {"alpaca", "{'instruction':'a','output':'b','input':[],'history':[],'conversations':[]}"},
            {"alpaca", "{'instruction':'a','output':'b','input':NaN}"},
            {"prompt", "{'prompt':'a','completion':'b','instruction':null,'chosen':null,'rejected':null,%s}"},
            {"sharegpt", "{'conversations':[{'from':'human','value':'a','weight':null},{'from':'gpt','value':"
            + "'b'}],%s}"},
            {"messages", "{'messages':[{'role':'user','content':'a','name':''},{'role':'assistant','content':'b',"
            + "'weight':1.0,'tool_calls':[],'function_call':null,'refusal':'','audio':{},'id':7}],'tools':null}"},
            {"messages", "{'messages':[{'role':'user','content':'a','weight':0},{'role':'assistant','content':'b'}],"
            + "'prompt':null,'completion':null}"},
            {"preference", "{'prompt':'a','chosen':'b','rejected':'c','instruction':null,'conversations':null,%s}"}};
        for (String[] row : rows) {
            String text = row[1].replace("%s", none);
            PreparedData data = prepare("rows.jsonl", text.replace('\'', '"') + "\n", "0");
            assertThat(data.manifest().settings().format()).as(text).isEqualTo(row[0]);
            try (PreparedRows train = data.train()) {
                assertThat(train.get(0).asked().get(0).content()).as(text).startsWith("a");
                assertThat(train.get(0).answers().get(0)).isEqualTo("b");
            }
            assertThat(data.manifest().unusedFields()).isEmpty();
        }
    }

    @Test void whatChangesTheRowAndIsNotDoneSetsItAsideByName() throws IOException {
        String good = "{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]}\n";
        for (String field : List.of("weight':0", "weight':0.5", "tool_calls':[{'id':'x'}]",
                "function_call':{'name':'f'}",
                "refusal':'no'", "audio':{'id':'x'}")) {
            String row = "{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b','" + field
                    + "}]}\n";
            PreparedData data = prepare("rows.jsonl", (row + good).replace('\'', '"'), "0");
            assertThat(data.manifest().rejected())
                    .isEqualTo(Map.of("unsupported:messages." + field.replaceFirst("'.*", ""), 1));
        }
    }

    @Test void manyRowsTellTheFormatAndABadOneIsOneBadRow() throws IOException {
        String good = "{\"instruction\":\"g\",\"output\":\"o%d\"}";
        for (String bad : List.of("{}", "{\"text\":\"about\",\"meta\":1}", "{broken", "7", "{\"question\":\"x\"}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "{\"prompt\":\"a\",\"completion\":\"b\"}")) {
            for (int at : new int[] {0, 3, 5}) {
                List<String> rows = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    rows.add(good.formatted(i));
                }
                rows.add(at, bad);
                PreparedData data = prepare("rows.jsonl", String.join("\n", rows), "0");
                assertThat(data.manifest().settings().format()).isEqualTo("alpaca");
                assertThat(data.manifest().counts()).as(bad).isEqualTo(new Manifest.Counts(6, 1, 5, 0, 0));
                List<JsonNode> rejected = lines(data, "rejected.jsonl");
                assertThat(rejected).hasSize(1);
                assertThat(rejected.get(0).get("line").asInt()).isEqualTo(at + 1);
                assertThat(rejected.get(0).get("row").asText()).isEqualTo(bad);
            }
        }
    }

    @Test void aMixtureIsToldWithCountsAndPlacesOrRefused() throws IOException {
        String alpaca = "{\"instruction\":\"g\",\"output\":\"o\"}\n", messages = "{\"messages\":[{\"role\":\"user\","
                + "\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}\n";
        PreparedData data = prepare("rows.jsonl", messages + alpaca.repeat(1_500) + messages.repeat(2), "0");
        assertThat(data.manifest().rejected()).isEqualTo(Map.of("other_format:messages", 3));
        assertThat(report(data)).contains("The file mixes formats: it is read as "
                + "alpaca, and rows of others are set aside: messages (3).");
        assertThat(lines(data, "rejected.jsonl").get(1).get("detail").asText()).contains("'instruction' is missing")
                .endsWith("it has the fields of format messages, and the file is read as alpaca");
        assertThatThrownBy(() -> prepare("half.jsonl", alpaca.repeat(3) + messages.repeat(2), "0"))
                .isInstanceOf(UserError.class).hasMessageContaining("half.jsonl holds rows of several formats")
                .hasMessageContaining("alpaca (3 rows, the first in line 1), messages (2 rows, the first in line 4)")
                .hasMessageContaining("set data.format");
    }

    @Test void numbersAndTruthValuesAreLearnedAsACsvHasThem() throws IOException {
        String csv = "instruction,output\n", json = "";
        List<String> written = List.of("0", "1", "5.0", "-0.50", "true", "false", "12345678901234567890123");
        for (String value : written) {
            csv += "a," + value + "\n";
            json += "{\"instruction\":\"a\",\"output\":" + value + "}\n";
        }
        PreparedData fromCsv = prepare("a.csv", csv, "0"), fromJson = prepare("a.jsonl", json, "0");
        assertThat(Files.readString(fromJson.folder().resolve("train.jsonl")))
                .isEqualTo(Files.readString(fromCsv.folder().resolve("train.jsonl")));
        assertThat(answers(fromJson)).isEqualTo(written);
        assertThat(fromJson.manifest().flags()).containsEntry("number_as_text:output", 5)
                .containsEntry("boolean_as_text:output", 2);
        assertThat(report(fromJson))
                .contains("Numbers and truth values that became text", "by field: output (7)");
        assertThat(answers(prepare("b.jsonl", "{\"instruction\":\"a\",\"output\":1e2}", "0"))).containsExactly("100");
    }

    @Test void nanHarmsNothingWhereItIsNotReadAndIsToldWhereItIs() throws IOException {
        String[] rows = {"{\"instruction\":\"a\",\"output\":\"b\",\"score\":NaN,\"x\":[Infinity,-Infinity]}",
            "{\"instruction\":\"a\",\"output\":NaN}", "{\"instruction\":\"a\",\"output\":\"b\"}"};
        for (String text : List.of(String.join("\n", rows), "[" + String.join(",", rows) + "]")) {
            PreparedData data = prepare(text.startsWith("[") ? "a.json" : "a.jsonl", text, "0");
            assertThat(data.manifest().rejected()).isEqualTo(Map.of("not_a_string:output", 1));
            assertThat(lines(data, "rejected.jsonl").get(0).get("detail").asText())
                    .isEqualTo("'output' is NaN or infinite, as Python writes a number that is missing; expected text");
        }
    }

    @Test void placesAreTheUsersAlsoAfterThePreparation() throws IOException {
        String row = "{\"instruction\":\"%d\",\"output\":\"o\"}";
        StringBuilder array = new StringBuilder("["), csv = new StringBuilder("instruction,output\n");
        for (int i = 0; i < 20; i++) {
            array.append(i == 0 ? "" : ",").append(i == 4 ? "{}" : row.formatted(i));
            csv.append(i).append(",\"x\ny\"\n");
        }
        PreparedData oneLine = prepare("a.json", array + "]", "0.3");
        Path file = folder.resolve("a.json");
        for (PreparedRows rows : List.of(oneLine.train(), oneLine.heldOut())) {
            for (Sample sample : rows) {
                int number = Integer.parseInt(sample.asked().get(0).content().replaceAll("\\D", ""));
                assertThat(sample.place()).hasToString(file + " row " + (number + 1));
            }
            rows.close();
        }
        assertThat(lines(oneLine, "rejected.jsonl").get(0).get("number").asInt()).isEqualTo(5);
        try (PreparedRows rows = prepare("a.csv", csv.toString(), "0.3").train()) {
            for (Sample sample : rows) {
                int number = Integer.parseInt(sample.asked().get(0).content().replaceAll("\\D", ""));
                assertThat(sample.place()).hasToString(folder.resolve("a.csv") + " line " + (2 + 2 * number));
            }
        }
        // a folder of an older Weft has no places: then the prepared file's
        Files.delete(oneLine.folder().resolve("train.jsonl.places"));
        try (PreparedRows rows = PreparedData.open(oneLine.folder()).train()) {
            assertThat(rows.get(2).place()).hasToString(oneLine.folder().resolve("train.jsonl") + " line 3");
        }
    }

    @Test void aMarkOfACsvIsObeyedAsThatOfJson() throws IOException {
        String json = "{\"prompt\":\"a\",\"completion\":\"b\",\"label\":true}\n{\"prompt\":\"c\",\"completion\":\"d\","
                + "\"label\":false}\n", csv = "prompt,completion,label\na,b,True\nc,d,False\n";
        for (PreparedData data : List.of(prepare("a.jsonl", json, "0"), prepare("a.csv", csv, "0"))) {
            assertThat(data.manifest().rejected()).isEqualTo(Map.of("marked_bad:label", 1));
        }
    }

    @Test void theWordsForAMissingValueAreFlaggedWhereTheyAreLearned() throws IOException {
        PreparedData data = prepare("a.csv", "instruction,output\na,NaN\nb,None\nc,nano\n", "0");
        assertThat(data.manifest().flags()).isEqualTo(Map.of("missing_as_text:output", 2));
        assertThat(report(data)).contains("which Python writes for a "
                + "missing");
    }

    @Test void aMisspelledColumnIsToldWithTheRightOne() {
        assertThatThrownBy(() -> prepare("a.csv", "Instruction ,Output\na,b\n", "0")).isInstanceOf(UserError.class)
                .hasMessageContaining("perhaps 'instruction' for 'Instruction', 'output' for 'Output'");
        assertThatThrownBy(() -> prepare("a.csv", "instruction,Output\na,b\n", "0")).isInstanceOf(UserError.class)
                .hasMessageContaining("'output' is missing (has instruction, Output); is 'Output' meant? Rename it");
    }

    @Test void whatWasSetAsideIsToldWhereTooFewRowsAreLeft() {
        assertThatThrownBy(() -> prepare("a.jsonl", "{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"prompt\":\"c\"}\n",
                "0.1"))
                .isInstanceOf(UserError.class).hasMessageContaining("0 left to train on")
                .hasMessageContaining("of 2 rows read 1 were set aside").hasMessageContaining("a.jsonl line 2: "
                        + "'completion'");
    }

    /** The files beside the golden data: rows read and set aside of each. */
    @Test void filesOfTheCasesArePreparedAsTheyShould() throws IOException {
        Path cases = Golden.at("..").resolve("cases");
        Assumptions.assumeTrue(Files.isDirectory(cases), "no cases beside the golden data");
        Map<String, int[]> expected = Map.ofEntries(Map.entry("D1/joined.csv", new int[] {9, 1}),
                Map.entry("D2/allnull.jsonl", new int[] {4, 0}), Map.entry("D2/nulls.jsonl", new int[] {6, 0}),
                Map.entry("D2/mixed2.jsonl", new int[] {2, 0}), Map.entry("D2/m2.jsonl", new int[] {4, 1}),
                Map.entry("D4/firstempty.jsonl", new int[] {13, 3}), Map.entry("D4/firstother.jsonl", new int[] {13,
                        3}),
                Map.entry("D4/brk2.jsonl", new int[] {6, 1}), Map.entry("D4/lab.json", new int[] {200, 0}),
                Map.entry("D4/lab.csv", new int[] {200, 0}), Map.entry("D4/m.jsonl", new int[] {13, 8}),
                Map.entry("D4/mixed.json", new int[] {12, 2}), Map.entry("D4/nan.json", new int[] {6, 0}),
                Map.entry("D4/nan.jsonl", new int[] {6, 0}), Map.entry("D7/arr_deep.json", new int[] {3, 1}),
                Map.entry("D8/pandas.csv", new int[] {2, 0}), Map.entry("D8/sep.csv", new int[] {1, 0}),
                Map.entry("D8/tab.tsv", new int[] {1, 0}), Map.entry("S-json-labels/s5.json", new int[] {8, 0}),
                Map.entry("S-json-labels/s5.csv", new int[] {8, 0}));
        int ran = 0;
        for (Map.Entry<String, int[]> entry : expected.entrySet()) {
            Path file = cases.resolve(entry.getKey());
            if (Files.exists(file)) {
                Manifest.Counts counts = prepare(file, "0").manifest().counts();
                assertThat(new int[] {counts.read(), counts.rejected()}).as(entry.getKey())
                        .containsExactly(entry.getValue());
                ran++;
            }
        }
        assertThat(ran).isPositive();
    }

    private PreparedData prepare(String name, String text, String heldOut) throws IOException {
        return prepare(Files.writeString(folder.resolve(name), text), heldOut);
    }

    private PreparedData prepare(Path file, String heldOut) {
        DataSettings defaults = DataSettings.DEFAULTS;
        var settings = new DataSettings(file.toString(), defaults.format(), defaults.rows(), defaults.prompt(),
                defaults.maxLength(), defaults.pack(), defaults.overLength(), heldOut);
        return Preparation.prepare(settings, 7, folder.resolve("run" + runs++));
    }

    private static List<String> answers(PreparedData data) {
        try (PreparedRows rows = data.train()) {
            return rows.stream().map(sample -> sample.answers().get(0)).toList();
        }
    }

    private static List<JsonNode> lines(PreparedData data, String name) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(data.folder().resolve(name))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }
}
