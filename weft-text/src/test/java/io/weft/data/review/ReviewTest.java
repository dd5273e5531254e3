package io.weft.data.review;

import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class ReviewTest {
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    private static Sample answer(int line, String answer) {
        return Conversation.of("天空是什么颜色？", answer, new Place("rows.jsonl", line));
    }

    /** What a person sees, with what the person wrote: in place of the empty decision and correction of a line. */
    private Path decided(List<Sample> rows, String... decisions) throws IOException {
        try (ReviewQueue queue = new ReviewQueue(folder)) {
            queue.add(rows);
        }
        List<String> lines = Files.readAllLines(folder.resolve(ReviewQueue.TABLE));
        for (int i = 0; i < decisions.length; i++) {
            lines.set(i + 1, lines.get(i + 1).replace(",,,h1-", ",," + decisions[i] + ",h1-")
                    .replaceFirst(",,(?=[^,]*,[^,]*,h1-)", ","));
        }
        Path file = folder.resolve("decisions.csv");
        Files.write(file, lines);
        return file;
    }

    @Test void everyRowOfAConflictStandsInBothFiles() throws IOException {
        try (ReviewQueue queue = new ReviewQueue(folder)) {
            queue.add(List.of(answer(3, "蓝色"), answer(7, "=1+1, \"绿\"")));
            assertThat(queue.conflicts()).isEqualTo(1);
            assertThat(queue.rows()).isEqualTo(2);
        }
        assertThat(Files.readString(folder.resolve("review.csv"))).isEqualTo("\ufeff"
                + "conflict,kind,file,line,row,prompt,answer,rejected,mark,decision,corrected,hash\r\n"
                + "1,answer,rows.jsonl,3,0,天空是什么颜色？,蓝色,,,,," + RowHash.of(answer(3, "蓝色")) + "\r\n"
                + "1,answer,rows.jsonl,7,0,天空是什么颜色？,\"'=1+1, \"\"绿\"\"\",,,,,"
                + RowHash.of(answer(7, "=1+1, \"绿\"")) + "\r\n");
        assertThat(Files.readAllLines(folder.resolve("review.jsonl"))).hasSize(2).first().asString()
                .startsWith("{\"formatVersion\":1,\"conflict\":1,\"kind\":\"answer\"");
    }

    @Test void withoutAConflictThereIsNoFile() throws IOException {
        new ReviewQueue(folder).close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test void decisionsAreCarriedOut() throws IOException {
        List<Sample> rows = List.of(answer(3, "蓝色"), answer(7, "绿色"), answer(9, "红色"), answer(11, "白色"));
        Decisions decisions = Decisions.read(decided(rows, "keep,", "删除,", "Change,蓝色。"), List.of());
        assertThat(decisions.count()).isEqualTo(3);
        assertThat(decisions.blank()).isEqualTo(1);
        assertThat(decisions.here(rows.get(0)).orElseThrow().verdict()).isEqualTo(Verdict.KEEP);
        assertThat(decisions.here(rows.get(1)).orElseThrow().after()).isEmpty();
        assertThat(decisions.here(rows.get(2)).orElseThrow().after()).contains(answer(9, "蓝色。"));
        assertThat(decisions.here(rows.get(3))).isEmpty();
        decisions.requireAllCarried();
    }

    @Test void aReviewOfLinesIsReadAsOneOfCells() throws IOException {
        try (ReviewQueue queue = new ReviewQueue(folder)) {
            queue.add(List.of(answer(1, "a"), answer(2, "b")));
        }
        Path file = folder.resolve("done.jsonl");
        Files.writeString(file, Files.readString(folder.resolve("review.jsonl"))
                .replaceFirst("\"decision\":\"\"", "\"decision\":\"drop\""));
        assertThat(Decisions.read(file, List.of()).here(answer(1, "a")).orElseThrow().verdict())
                .isEqualTo(Verdict.DROP);
    }

    @Test void aRowThatMovedIsFoundAndOneThatWasEditedIsTold() throws IOException {
        List<Sample> rows = List.of(answer(3, "蓝色"), answer(7, "绿色"));
        Decisions decisions = Decisions.read(decided(rows, "keep,", "drop,"), List.of());
        assertThat(decisions.here(answer(8, "绿色"))).isEmpty();
        assertThat(decisions.elsewhere(answer(8, "绿色")).orElseThrow().verdict()).isEqualTo(Verdict.DROP);
        assertThat(decisions.moved()).isEqualTo(1);
        assertThat(decisions.here(answer(3, "蓝 色"))).isEmpty();
        assertThatThrownBy(decisions::requireAllCarried).isInstanceOf(UserError.class)
                .hasMessageContaining("line 2: no row says what the row decided here said (it stood at rows.jsonl "
                + "line 3)");
    }

    @Test void equalRowsAreToldApartByTheirPlace() throws IOException {
        List<Sample> rows = List.of(answer(3, "蓝色"), answer(5, "蓝色"), answer(7, "绿色"));
        Decisions decisions = Decisions.read(decided(rows, "keep,", "drop,", "drop,"), List.of());
        assertThat(decisions.here(rows.get(1)).orElseThrow().verdict()).isEqualTo(Verdict.DROP);
        assertThat(decisions.here(rows.get(0)).orElseThrow().verdict()).isEqualTo(Verdict.KEEP);
    }

    @Test void everythingThatIsWrongWithTheFileIsToldAtOnce() throws IOException {
        List<Sample> rows = List.of(answer(1, "a"), answer(2, "b"), answer(3, "c"), answer(4, "d"), answer(5, "e"));
        Path file = decided(rows, "maybe,", "change,", "keep,x", ",y", "drop,");
        String text = Files.readString(file);
        Files.writeString(file, text + text.lines().skip(5).findFirst().orElseThrow() + "\n"
                + "1,answer,rows.jsonl,9,0,q,a,,,drop,,1.23E+15\n" + "ragged,row\n");
        assertThatThrownBy(() -> Decisions.read(file, List.of())).isInstanceOf(UserError.class).hasMessageContainingAll(
                "has 7 problems", "line 2: decision is 'maybe'; expected one of keep, drop, change, or nothing",
                "line 3: decision is change and corrected is empty", "line 4: decision is keep and corrected is "
                + "filled in",
                "line 5: corrected is filled in and decision is empty",
                "line 7: the row of line 6 is decided there already",
                "line 8: hash is '1.23E+15'; expected what stands there in review.csv",
                "line 9: 2 fields under 12 column names");
    }

    @Test void aFileOfAnotherEncodingIsRefused() throws IOException {
        Path file = decided(List.of(answer(1, "蓝"), answer(2, "绿")), "keep,");
        Files.write(file, Files.readString(file).substring(1).getBytes(Charset.forName("GB18030")));
        assertThatThrownBy(() -> Decisions.read(file, List.of())).isInstanceOf(UserError.class)
                .hasMessageContaining("UTF-8");
    }

    @Test void marksLabelsAndPreferencesAreCorrectedByTheirKind() {
        Place place = new Place("f", 1);
        Judged judged = new Judged(Conversation.of("q", "a", place), true);
        assertThat(Correction.of(judged, "bad")).contains(new Judged(judged.conversation(), false));
        assertThat(Correction.of(judged, "maybe")).isEmpty();
        assertThat(Correction.of(new Labelled(List.of(Message.user("q")), "x", place), " y "))
                .contains(new Labelled(List.of(Message.user("q")), "y", place));
        assertThat(Correction.of(new Preference(List.of(Message.user("q")), "c", "r", place), "d"))
                .contains(new Preference(List.of(Message.user("q")), "d", "r", place));
    }
}
