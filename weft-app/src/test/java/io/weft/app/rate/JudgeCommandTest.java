package io.weft.app.rate;

import io.weft.app.Shell;
import io.weft.endpoint.ChatServer;
import io.weft.endpoint.ChatServer.Told;
import io.weft.rating.RatedRuns;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code weft rate --judge} at the command line. */
class JudgeCommandTest {
    @TempDir Path folder;

    @Test void aModelBehindAnAddressJudgesAndIsToldApart() throws IOException {
        Path run = RatedRuns.run(folder.resolve("run"), 6);
        try (ChatServer service = new ChatServer(asked -> Told.answer(
                asked.question().indexOf("tuned says") < asked.question().indexOf("base says")
                ? "[[A]] [[A:5]] [[B:2]]" : "[[A]] [[A:3]] [[B:4]]"))) {
            Shell.Result first = Shell.weft("rate", run, "--judge", service.base(), "--judge-model", "strict",
                    "--rows", 4);
            assertThat(first.code()).as(first.err()).isZero();
            assertThat(first.err()).contains("judged 4 of 4");
            assertThat(first.out()).contains("strict: 4 judged now, 0 before",
                    "asked 8 times, 0 answers were there already; 56 tokens read, 24 written",
                    "position bias: asked twice with the answers in each other's place, it changed its verdict in 4 "
                    + "of 4",
                    "strict", "model", "tuned over base", "4.50", "2.50");
            Shell.Result more = Shell.weft("rate", run, "--judge", service.base(), "--judge-model", "strict");
            assertThat(more.out()).contains("strict: 2 judged now, 4 before", "asked 4 times");
            assertThat(service.asked()).hasSize(12);
        }
        assertThat(folder.resolve("run/evaluation/judge.jsonl")).isNotEmptyFile();
        assertThat(Shell.weft("rate", run, "--report").out()).contains("strict");
    }

    @Test void whatDoesNotGoTogetherIsToldBeforeAnythingIsAsked() {
        Path run = RatedRuns.run(folder.resolve("run"), 2);
        assertThat(Shell.weft("rate", run, "--judge", "http://127.0.0.1:1/v1").err()).contains("--judge-model");
        assertThat(Shell.weft("rate", run, "--judge-model", "x").err()).contains("go with --judge");
        assertThat(Shell.weft("rate", run, "--judge", folder, "--judge-model", "x").err()).contains("is a folder");
        assertThat(Shell.weft("rate", run, "--judge", folder.resolve("none")).code()).isEqualTo(2);
        Shell.Result gone = Shell.weft("rate", run, "--judge", "http://127.0.0.1:1/v1", "--judge-model", "x",
                "--judge-key-env", "WEFT_NO_SUCH_VARIABLE");
        assertThat(gone.code()).isEqualTo(2);
        assertThat(gone.err()).contains("WEFT_NO_SUCH_VARIABLE");
        assertThat(run.resolve("evaluation/ratings.jsonl")).doesNotExist();
    }
}
