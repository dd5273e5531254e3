package io.weft.endpoint;

import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class AnswerLogTest {
    private static final ChatAnswer ANSWER = new ChatAnswer("天\n\"a\"", "stop", 1, 2);
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    private Path file() { return folder.resolve("deep/answers.jsonl"); }

    private void write(String request) {
        try (AnswerLog log = AnswerLog.open(file())) {
            log.add(request, ANSWER);
        }
    }

    @Test void findsAgainWhatWasWritten() {
        write("a");
        write("b");
        try (AnswerLog log = AnswerLog.open(file())) {
            assertThat(log.size()).isEqualTo(2);
            assertThat(log.find("a")).contains(ANSWER);
            assertThat(log.find("b")).contains(ANSWER);
            assertThat(log.find("c")).isEmpty();
        }
    }

    @Test void aLineThatWasNotFinishedIsTakenOff() throws IOException {
        write("a");
        String whole = Files.readString(file());
        Files.writeString(file(), "{\"request\":\"b\",\"answ", StandardOpenOption.APPEND);
        try (AnswerLog log = AnswerLog.open(file())) {
            assertThat(log.size()).isEqualTo(1);
            assertThat(Files.readString(file())).isEqualTo(whole);
            log.add("b", ANSWER);
            assertThat(log.find("b")).contains(ANSWER);
        }
    }

    @Test void aDamagedLineIsRefusedByItsNumberAndTheFileLeftAsItIs() throws IOException {
        write("a");
        Files.writeString(file(), "rubbish\n", StandardOpenOption.APPEND);
        String before = Files.readString(file());
        assertThatThrownBy(() -> AnswerLog.open(file())).isInstanceOf(UserError.class).hasMessageContaining("line 3");
        assertThat(Files.readString(file())).isEqualTo(before);
    }

    @Test void aNewerLogIsRefused() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "{\"formatVersion\":2}\n");
        assertThatThrownBy(() -> AnswerLog.open(file())).hasMessageContaining("format version 2");
    }

    @Test void isWrittenByOneAtATime() {
        try (AnswerLog log = AnswerLog.open(file())) {
            assertThatThrownBy(() -> AnswerLog.open(file())).hasMessageContaining("in use");
            log.add("a", ANSWER);
        }
        write("b");
    }
}
