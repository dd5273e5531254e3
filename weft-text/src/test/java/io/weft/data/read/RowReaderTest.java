package io.weft.data.read;

import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RowReaderTest {
    @TempDir Path folder;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @Test void aJsonArrayGivesEachRowTheLineOfItsBrace() throws IOException {
        assertThat(read("a.json", "[\n  {\"a\": \"x\"},\n\n  {\n    \"a\": \"y\"}, {\"a\": 1}\n]\n"))
                .containsExactly("2 {\"a\":\"x\"}", "4 {\"a\":\"y\"}", "5 {\"a\":1}");
    }

    @Test void jsonlGivesEachRowItsLineAndPassesOverBlankOnes() throws IOException {
        assertThat(read("a.jsonl", "{\"a\": \"x\"}\r\n\n  \n{\"a\": \"y\u2028z\"}"))
                .containsExactly("1 {\"a\":\"x\"}", "4 {\"a\":\"y\u2028z\"}");
    }

    @Test void csvRowsBeginWhereTheirFirstFieldDoesAndQuotesHoldCommasAndLines() throws IOException {
        assertThat(read("a.csv", "instruction,output\nx,\"a, \"\"b\"\"\nc\"\n\ny,\n5\" disk,z\n"))
                .containsExactly("2 {\"instruction\":\"x\",\"output\":\"a, \\\"b\\\"\\nc\"}",
                "5 {\"instruction\":\"y\",\"output\":\"\"}",
                "6 {\"instruction\":\"5\\\" disk\",\"output\":\"z\"}");
    }

    @Test void plainTextIsPartedByBlankLinesOrElseByLines() throws IOException {
        assertThat(read("a.txt", "one\ntwo\n\n \nthree\n\n"))
                .containsExactly("1 {\"text\":\"one\\ntwo\"}", "5 {\"text\":\"three\"}");
        assertThat(read("b.txt", "\n一\n二\r\n三\n\n")).containsExactly("2 {\"text\":\"一\"}", "3 {\"text\":\"二\"}",
                "4 {\"text\":\"三\"}");
    }

    @Test void aByteOrderMarkBelongsToNoField() throws IOException {
        assertThat(read("a.json", "\ufeff[{\"a\":1}]")).containsExactly("1 {\"a\":1}");
        assertThat(read("a.jsonl", "\ufeff{\"a\":1}")).containsExactly("1 {\"a\":1}");
        assertThat(read("a.csv", "\ufeffa,b\n1,2")).containsExactly("2 {\"a\":\"1\",\"b\":\"2\"}");
        assertThat(read("a.txt", "\ufeffa")).containsExactly("1 {\"text\":\"a\"}");
    }

    @Test void theContentDecidesBeforeTheName() throws IOException {
        assertThat(read("array.jsonl", "[{\"a\":1}]")).containsExactly("1 {\"a\":1}");
        assertThat(read("lines.json", "{\"a\":1}\n{\"a\":2}")).containsExactly("1 {\"a\":1}", "2 {\"a\":2}");
        assertThat(read("rows.data", "prompt,completion\na,b"))
                .containsExactly("2 {\"prompt\":\"a\",\"completion\":\"b\"}");
        assertThat(read("lines.txt", "{\"text\":\"a\"}")).containsExactly("1 {\"text\":\"a\"}");
        assertThat(read("bracket.txt", "[1] a footnote\n{x} y"))
                .containsExactly("1 {\"text\":\"[1] a footnote\"}", "2 {\"text\":\"{x} y\"}");
    }

    @Test void charactersOutsideTheBasicPlaneSurviveEveryBufferBoundary() throws IOException {
        String text = "🙂".repeat(70_000);
        for (String shift : new String[] {"", "x", "xy", "xyz"}) {
            assertThat(read("a.jsonl", "{\"a\":\"" + shift + text + "\"}").get(0))
                    .hasSize(10 + shift.length() + text.length()).endsWith("🙂\"}");
        }
    }

    @Test void aBadRowCostsOnlyItself() throws IOException {
        assertThat(read("a.jsonl",
                "{\"a\":1}\n{\"a\":\n[1]\n{\"a\":1,\"a\":2}\n{\"a\":1} "
                + "x\n{\"a\":1\n{\"b\":{\"c\":1,\"c\":1}}\n{\"a\":NaN}\n{\"a\":2}"))
                .containsExactly("1 {\"a\":1}", "2 not_json the object is cut off in column 6",
                "3 not_an_object a list stands where a row is expected; a row is an object {\"field\": …}",
                "4 duplicate_key:a the key 'a' stands twice in one object; keep one",
                "5 not_json the object has ended and more follows in column 9; one object a line, without commas "
                        + "between "
                + "them",
                "6 not_json the object is cut off in column 7",
                "7 duplicate_key:c the key 'c' stands twice in one object; keep one",
                "8 {\"a\":\"NaN\"}", "9 {\"a\":2}");
        assertThat(read("a.json", "[{\"a\":1,\"a\":{\"b\":[1]}},\n7, [[8]], null,\n{\"a\":2}]").stream()
                .map(row -> row.replaceFirst(" (stands|the).*", ""))).containsExactly(
                "1 duplicate_key:a", "2 not_an_object a number", "2 not_an_object a list", "2 not_an_object null",
                "3 {\"a\":2}");
        assertThat(read("a.csv", "a,b\n1\n1,2,3\n1,2")).containsExactly(
                "2 ragged 1 fields under 2 column names (a, b); quote fields that hold separators or line breaks",
                "3 ragged 3 fields under 2 column names (a, b); quote fields that hold separators or line breaks",
                "4 {\"a\":\"1\",\"b\":\"2\"}");
    }

    @Test void aRowBeyondTheLimitIsPassedOver() throws IOException {
        String long1 = "x".repeat(Row.LARGEST - 20), long2 = "y".repeat(40);
        assertThat(read("a.jsonl", "{\"a\":\"" + long1 + long2 + "\"}\n{\"a\":2}"))
                .containsExactly("1 too_large longer than 16777216 characters; split the row", "2 {\"a\":2}");
        assertThat(read("a.json", "[{\"a\":\"" + long1 + "\",\"b\":\"" + long2 + "\"},\n{\"a\":2}]"))
                .containsExactly("1 too_large longer than 16777216 characters; split the row", "2 {\"a\":2}");
        assertThat(read("a.txt", long1 + "\n" + long2 + "\n\nb\nc"))
                .containsExactly("1 too_large longer than 16777216 characters; split the row",
                "4 {\"text\":\"b\\nc\"}");
        refused("b.json", "[{\"a\":\"" + long1 + long2 + "\"}]", "line 1: beyond what a row may hold");
        assertThat(read("c.json", "[{\"a\":" + "[".repeat(20_000) + "]".repeat(20_000) + "},{\"b\":" + "7".repeat(2_000)
                + "},\n{\"a\":2}]")).containsExactly(
                "1 too_deep nested more than 100 deep; take the field out or write it as a text",
                "1 too_many_digits a number of more than 1000 digits; write it as a text", "2 {\"a\":2}");
    }

    @Test void aTruncatedArrayIsNamedWithLineAndColumn() throws IOException {
        refused("a.json", "[\n{\"a\": 1},\n{\"a\": \"xy", "a.json line 3, column 10: the JSON ends too early");
        refused("a.json", "[{\"a\": 1},", "a.json line 1, column 11: the JSON ends too early");
        refused("a.json", "[{\"a\": 1}\n {\"a\": 2}]", "a.json line 2, column 2 is not JSON");
        refused("a.json", "[{\"a\": 1}]\n]", "a.json line 2, column 1 is not JSON: ']' closes what was not opened");
    }

    @Test void objectsSpreadOverLinesAndListsInAnObjectAreRead() throws IOException {
        assertThat(read("a.jsonl", "{\n \"a\": 1\n}\n{\n \"a\": {\n  \"b\": 2}\n}\n"))
                .containsExactly("1 {\"a\":1}", "4 {\"a\":{\"b\":2}}");
        for (String wrapped : new String[] {"{\n \"rows\": [{\"a\": 1},\n{\"a\": 2}]\n}",
            "{\"data\":[{\"a\":1},\n {\"a\":2}\n]}", "{\"version\": \"1\", \"data\": [\n{\"a\":1}, \n{\"a\":2}], "
                    + "\"n\": [1, [2]]}"}) {
            assertThat(read("a.json", wrapped)).as(wrapped).extracting(row -> row.substring(2))
                    .containsExactly("{\"a\":1}", "{\"a\":2}");
        }
        String many = "{\"train\":[" + "{\"a\":1},".repeat(2_000) + "{\"a\":2}]}";
        assertThat(read("a.json", many)).hasSize(2_001);
        refused("a.json", "{\"train\": [{\"a\": 1}],\n \"test\": [{\"a\": 2}]}",
                "a.json holds several lists of rows ('train' and 'test'); write each into a file of its own");
        // a row whose own list is long, turns or documents, is a row
        String turns = "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(20_000) + "\"}]}";
        assertThat(read("a.jsonl", turns + "\n" + turns)).hasSize(2).allMatch(row -> row.contains("messages"));
        assertThat(read("a.jsonl", "{\"instruction\":\"a\",\n\"data\":[{\"title\":1}]}"))
                .containsExactly("1 {\"instruction\":\"a\",\"data\":[{\"title\":1}]}");
    }

    @Test void aBadRowIsOneBadRowAlsoWhenItIsTheFirst() throws IOException {
        for (String bad : new String[] {"{\"a\":\"unclosed", "{\"a\":", "{\"a\": 1,", "{'a': 1}", "{a", "garbage",
                "{\"a\":1}}",
            "# comment"}) {
            List<String> rows = read("a.jsonl", bad + "\n{\"a\":2}\n{\"a\":3}\n");
            assertThat(rows.subList(rows.size() - 2, rows.size())).as(bad).extracting(row -> row.substring(2))
                    .containsExactly("{\"a\":2}", "{\"a\":3}");
            assertThat(rows.get(rows.size() - 3)).contains("not_json");
        }
    }

    @Test void filesThatWereJoinedAreRead() throws IOException {
        assertThat(read("a.json", "[{\"a\":1}]\n\ufeff[{\"a\":\"\ufeff\"}][ ]{\"a\":3}")).extracting(row ->
                row.substring(2)).containsExactly("{\"a\":1}", "{\"a\":\"\ufeff\"}", "{\"a\":3}");
        assertThat(read("a.jsonl", "{\"a\":1}\n\ufeff{\"a\":2}\n")).containsExactly("1 {\"a\":1}", "2 {\"a\":2}");
        for (String joint : new String[] {"", "\ufeff"}) {
            assertThat(read("a.csv", "\"a\",b\n1,2\n" + joint + "\"a\",b\n3,4\n")).containsExactly(
                    "2 {\"a\":\"1\",\"b\":\"2\"}", "3 repeated_header the line of column names stands here again; "
                            + "it is where "
                    + "files were joined, and no row", "4 {\"a\":\"3\",\"b\":\"4\"}");
        }
        assertThat(read("a.csv", "a,b\n1,2\n\ufeff3,4\n").get(1)).isEqualTo("3 {\"a\":\"3\",\"b\":\"4\"}");
        refused("a.csv", "a,b\n1,2\n\ufeffb,a\n3,4\n", "a.csv line 3: another file was joined here, whose columns "
                + "are b, a "
                + "and not a, b");
    }

    @Test void csvIsReadAsExcelAndPandasWriteIt() throws IOException {
        String[] rows = {"2 {\"a\":\"1\",\"b\":\"x, \\\"y\\\"\"}", "3 {\"a\":\"2\",\"b\":\"\"}"};
        for (String separator : new String[] {",", ";", "\t", "|"}) {
            String text = "a,b\r\n1,\"x, \"\"y\"\"\"\r\n2,\r\n".replace(",", separator)
                    .replace("x" + separator, "x,");
            assertThat(read("a.csv", text)).containsExactly(rows);
            assertThat(read("a.csv", "\ufeff" + text)).containsExactly(rows);
            assertThat(read("a.csv", "sep=" + separator + "\r\n" + text)).extracting(row -> row.substring(2))
                    .containsExactly(rows[0].substring(2), rows[1].substring(2));
        }
        assertThat(read("a.tsv", "text\nHe said, \"hi\"; twice\n"))
                .containsExactly("2 {\"text\":\"He said, \\\"hi\\\"; twice\"}");
        assertThat(read("a.csv", ",a\n0,x\n1,y\n")).containsExactly("2 {\"Unnamed: 0\":\"0\",\"a\":\"x\"}",
                "3 {\"Unnamed: 0\":\"1\",\"a\":\"y\"}");
        assertThat(read("a.csv", "a,b,\n1,2,\n")).containsExactly("2 {\"a\":\"1\",\"b\":\"2\"}");
        assertThat(read("a.csv", "a,b\n1,2,,\n")).containsExactly("2 {\"a\":\"1\",\"b\":\"2\"}");
    }

    @Test void aCsvRowWithABrokenQuoteCostsOnlyItself() throws IOException {
        assertThat(read("a.csv", "a,b\n1,\"2\" x\n\"3\" y \"z, \n w\",4\n5,6\"7\n8,\"9\"\n")).containsExactly(
                "2 quotes a quoted field goes on behind its closing quote; double the quotes within it",
                "3 quotes a quoted field goes on behind its closing quote; double the quotes within it",
                "5 {\"a\":\"5\",\"b\":\"6\\\"7\"}", "6 {\"a\":\"8\",\"b\":\"9\"}");
    }

    @Test void anEmptyFileIsRefusedInEveryLayout() throws IOException {
        for (String[] file : new String[][] {{"a.json", ""}, {"a.jsonl", " \n\n"}, {"a.json", "[ ]"},
                {"a.csv", "a,b\n"}, {"a.csv", ""}, {"a.txt", "\ufeff"},
                {"a.txt", "\n\u3000\n"}}) {
            refused(file[0], file[1], file[0] + " holds no rows; expected at least one");
        }
    }

    @Test void textInAnotherEncodingIsNamedWithLineAndByte() throws IOException {
        Path gbk = Files.write(folder.resolve("gbk.jsonl"),
                "{\"a\":1}\n{\"a\":\"中文\"}\n".getBytes(Charset.forName("GBK")));
        assertThatThrownBy(() -> read(gbk)).isInstanceOf(UserError.class)
                .hasMessageContaining("gbk.jsonl line 2 is not UTF-8: byte 14 of the file is 0xd6")
                .hasMessageContaining("iconv -f GBK");
        Path cut = Files.write(folder.resolve("cut.txt"), new byte[] {'a', '\n', (byte) 0xe4, (byte) 0xb8});
        assertThatThrownBy(() -> read(cut)).hasMessageContaining("cut.txt line 2 is not UTF-8: byte 2");
        Path csv = Files.write(folder.resolve("gbk.csv"), ("a,b\n" + "1,2\n".repeat(50_000) + "中,文\n")
                .getBytes(Charset.forName("GBK")));
        assertThatThrownBy(() -> read(csv)).isInstanceOf(UserError.class)
                .hasMessageContaining("gbk.csv line 50002 is not UTF-8: byte 200004 of the file");
        Path wide = Files.write(folder.resolve("wide.json"), "\ufeff[{}]".getBytes(StandardCharsets.UTF_16LE));
        assertThatThrownBy(() -> read(wide)).hasMessageContaining("wide.json is text in UTF-16");
        Path zip = Files.write(folder.resolve("rows.csv"), new byte[] {'P', 'K', 3, 4, 0, 0});
        assertThatThrownBy(() -> read(zip)).hasMessageContaining("an Excel file (save it as CSV in UTF-8)");
    }

    @Test void whatIsNoFileOfRowsIsRefused() throws IOException {
        refused("a.json", "hello", "a.json begins with 'hello'");
        for (String table : new String[] {"{'output':{'0':'a','1':'b'}}", "{'output':['a','b']}",
                "{'0':{'output':'a'}}",
            "{'columns':['output'],'index':[0],'data':[['a']]}"}) {
            refused("a.json", table.replace('\'', '"'), "a.json holds the columns of a table, not its rows");
        }
        refused("a.csv", "a,a\n1,2", "a.csv line 1: the column 'a' stands twice (a, a); rename or take out one");
        refused("a.csv", "a,b\n1,2\n3,\"4\n5,6\n", "a.csv line 3: a quote is opened and never closed");
        assertThatThrownBy(() -> read(folder.resolve("none.json"))).isInstanceOf(UserError.class)
                .hasMessageContaining("none.json: no such file");
        assertThatThrownBy(() -> read(folder)).isInstanceOf(UserError.class).hasMessageContaining("is not a file");
    }

    /** Some hundred broken copies of each layout: told as a UserError, or read; never another exception. */
    @Test void noDamageEndsInAnythingButAMessage() throws IOException {
        var random = new Random(11);
        String[][] files = {{"a.json", "[{\"a\":\"中🙂\",\"b\":[1,{\"c\":null}]},\n {\"a\":\"\\u00e9\"}]"},
                {"a.jsonl", "{\"a\":\"x\",\"b\":1.5e3}\n{\"a\":true}\n"},
            {"a.csv", "a,b\n\"x, \"\"y\"\"\",2\n3,\"4\n5\"\n"}, {"a.txt", "one\n\n二\n"}};
        int read = 0, told = 0;
        for (String[] file : files) {
            for (int i = 0; i < 300; i++) {
                byte[] bytes = file[1].getBytes(StandardCharsets.UTF_8);
                for (int change = 0; change <= random.nextInt(3); change++) {
                    bytes[random.nextInt(bytes.length)] = random.nextBoolean()
                            ? (byte) "\"{}[],:\n\\".charAt(random.nextInt(9)) : (byte) random.nextInt(256);
                }
                Path damaged = Files.write(folder.resolve(file[0]), random.nextInt(3) == 0
                        ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
                try {
                    read += read(damaged).size();
                } catch (UserError e) {
                    assertThat(e.getMessage()).contains(file[0]);
                    told++;
                }
            }
        }
        assertThat(told).isBetween(150, 1050);
        assertThat(read).isGreaterThan(300);
    }

    @Test void whatIsQuotedFromAFileCannotSteerATerminal() throws IOException {
        refused("a.json", "\u001b[2Jx", "begins with '\u241b[2Jx'");
        assertThat(read("a.jsonl", "{\"\\u001b" + "k".repeat(300) + "\":1,\"\\u001b" + "k".repeat(300) + "\":1}")
                .get(0))
                .startsWith("1 duplicate_key:\u241bkkk").hasSizeLessThan(250);
    }

    private void refused(String name, String content, String message) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        assertThatThrownBy(() -> read(file)).isInstanceOf(UserError.class).hasMessageContaining(message);
    }

    private List<String> read(String name, String content) throws IOException {
        return read(Files.writeString(folder.resolve(name), content));
    }

    private static List<String> read(Path file) {
        List<String> found = new ArrayList<>();
        try (RowReader reader = RowReader.open(file)) {
            reader.forEachRemaining(outcome -> {
                outcome.taken().ifPresent(row -> found.add(row.place().line() + " " + row.fields()));
                outcome.rejected().ifPresent(row -> found.add(row.place().line() + " " + row.reason() + " "
                        + row.detail()));
            });
        }
        return found;
    }
}
