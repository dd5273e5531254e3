package io.weft.app.rate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.app.Shell;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.rating.RatedRows;
import io.weft.rating.RatedRuns;
import io.weft.rating.Rater;
import io.weft.rating.RatingFile;
import io.weft.rating.RatingPlan;
import io.weft.rating.RatingSettings;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the page's server gives, and what it keeps to itself. */
class RatingServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir Path folder;
    private final HttpClient client = HttpClient.newHttpClient();
    private RatedRows rows;
    private RatingServer server;

    @BeforeEach void start() {
        Language.use(Language.ENGLISH);
        rows = RatedRows.of(List.of(RatedRuns.run(folder.resolve("run"), 3)));
        server = serve(0);
    }

    @AfterEach void stop() { server.close(); }

    @Test void judgementsAreKeptAndAnsweredAndTakenBack() throws Exception {
        JsonNode open = post("open", "{\"rater\": \" Li \"}");
        assertThat(open.path("rater").asText()).isEqualTo("Li");
        assertThat(open.path("next").asInt()).isZero();
        JsonNode scored = post("score", "{\"rater\": \"Li\", \"screen\": 0, \"position\": 1, \"score\": 5}");
        assertThat(scored.at("/answers/0/score").isNull()).isTrue();
        assertThat(scored.at("/answers/1/score").asInt()).isEqualTo(5);
        post("score", "{\"rater\": \"Li\", \"screen\": 0, \"position\": 0, \"score\": 1}");
        JsonNode voted = post("vote", "{\"rater\": \"Li\", \"screen\": 0, \"preference\": \"right\"}");
        assertThat(voted.path("complete").asBoolean()).isTrue();
        assertThat(voted.path("next").asInt()).isEqualTo(1);
        assertThat(RatingFile.open(rows.file()).standing(Rater.human("Li"))).hasSize(3);
        assertThat(post("undo", "{\"rater\": \"Li\"}").path("screen").asInt()).isZero();
        assertThat(post("screen", "{\"rater\": \"Li\", \"screen\": 0}").path("preference").isNull()).isTrue();
        assertThat(post("undo", "{\"rater\": \"Eva\"}").path("screen").isNull()).as("nothing to take back").isTrue();
    }

    @Test void nothingTellsWhichModelAnswered() throws Exception {
        StringBuilder all = new StringBuilder(post("open", "{\"rater\": \"Li\"}").toString());
        for (int i = 0; i < 3; i++) {
            all.append(post("screen", "{\"rater\": \"Li\", \"screen\": " + i + "}"));
        }
        String said = all.toString().replaceAll("(base|tuned) says", "says");
        assertThat(said).contains("question 1", "says 2").doesNotContain("base", "tuned", "run");
    }

    @Test void onlyThisMachineByTheWholeAddressFromItsOwnPageComesIn() throws Exception {
        URI address = URI.create(server.address());
        assertThat(address.getHost()).isEqualTo("127.0.0.1");
        assertThat(address.getPath()).hasSizeGreaterThan(20);
        assertThat(server.address()).isNotEqualTo(again());
        String root = "http://127.0.0.1:" + address.getPort();
        for (String path : List.of("/", "/page.js", "/x" + address.getPath().substring(2), "/open")) {
            assertThat(get(root + path).statusCode()).as(path).isEqualTo(403);
        }
        HttpResponse<String> page = get(server.address());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow()).contains("default-src 'none'");
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(page.body()).doesNotContain("http://", "https://", "onclick", "<style", "style=");
        assertThat(send("open", "{\"rater\": \"Li\"}", "Origin", "http://evil.example").statusCode()).isEqualTo(403);
        assertThat(send("open", "{\"rater\": \"Li\"}", "Origin", root).statusCode()).isEqualTo(200);
        assertThat(client.send(HttpRequest.newBuilder(URI.create(server.address() + "open"))
                .header("Content-Type", "text/plain").POST(HttpRequest.BodyPublishers.ofString("{\"rater\": \"Li\"}"))
                .build(), HttpResponse.BodyHandlers.ofString()).statusCode()).as("what a form may send").isEqualTo(415);
        assertThat(raw("GET " + address.getPath() + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .as("a name that was pointed here").startsWith("HTTP/1.1 403");
    }

    @Test void everyMistakeIsToldAndJudgesNothing() throws Exception {
        List<String[]> cases = List.of(
                new String[] {"open", "{\"rater\": \"\"}", "the rater's name is empty"},
                new String[] {"open", "{}", "'rater' is missing"},
                new String[] {"screen", "{\"rater\": \"Li\", \"screen\": 3}", "a whole number from 0 to 2"},
                new String[] {"score", "{\"rater\": \"Li\", \"screen\": 0, \"position\": 2, \"score\": 1}", "0 to 1"},
                new String[] {"score", "{\"rater\": \"Li\", \"screen\": 0, \"position\": 0, \"score\": 6}", "1 to 5"},
                new String[] {"score", "{\"rater\": \"Li\", \"screen\": 0, \"position\": 0}", "'score' is missing"},
                new String[] {"vote", "{\"rater\": \"Li\", \"screen\": 0, \"preference\": \"up\"}", "bothBad"},
                new String[] {"vote", "{\"rater\": \"Li\", \"screen\": 0, \"prefer\": \"left\"}",
                "'prefer' is not a parameter here"});
        for (String[] each : cases) {
            HttpResponse<String> answer = send(each[0], each[1]);
            assertThat(answer.statusCode()).as(each[1]).isEqualTo(400);
            assertThat(JSON.readTree(answer.body()).at("/error/message").asText()).contains(each[2]);
        }
        assertThat(rows.file()).doesNotExist();
    }

    @Test void aPortInUseAndARunWithoutAnswersAreToldWithWhatToDo() throws IOException {
        int port = URI.create(server.address()).getPort();
        assertThatThrownBy(() -> serve(port)).isInstanceOf(UserError.class).hasMessageContaining("--port");
        assertThat(Shell.weft("rate", folder.resolve("run"), "--port", port).err()).contains("--port");
        Path bare = Files.createDirectories(folder.resolve("bare"));
        Files.writeString(bare.resolve("recipe.yaml"), "model: x\n");
        Shell.Result none = Shell.weft("rate", bare);
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("weft evaluate " + bare);
        Path same = RatedRuns.run(folder.resolve("same"), List.of(List.of("a", "b", "c", "c")));
        assertThat(Shell.weft("rate", same, "--ask", "preference").err()).contains("--ask scores");
        assertThat(Shell.weft("rate", same, "--ask", "all").err())
                .contains("--ask all: there are both, preference, scores");
    }

    @Test void theReportShowsWhatWasJudgedWithoutThePage() throws Exception {
        assertThat(Shell.weft("rate", folder.resolve("run"), "--report").out())
                .contains("nobody has judged these answers yet");
        for (String rater : List.of("Li", "Eva")) {
            for (int i = 0; i < 3; i++) {
                JsonNode screen = post("screen", "{\"rater\": \"" + rater + "\", \"screen\": " + i + "}");
                boolean tunedFirst = screen.at("/answers/0/text").asText().startsWith("tuned");
                for (int position = 0; position < 2; position++) {
                    post("score", ("{\"rater\": \"%s\", \"screen\": %d, \"position\": %d, \"score\": %d}")
                            .formatted(rater, i, position, (position == 0) == tunedFirst ? 4 : 2));
                }
                post("vote", "{\"rater\": \"%s\", \"screen\": %d, \"preference\": \"%s\"}".formatted(rater, i,
                        tunedFirst ? "left" : "right"));
            }
        }
        Shell.Result report = Shell.weft("rate", folder.resolve("run"), "--report", "--json");
        assertThat(report.code()).isZero();
        assertThat(report.err()).contains("tuned over base", "2.00", "4.00", "agreement on scores (Li, Eva)", "1.000");
        JsonNode json = JSON.readTree(report.out());
        assertThat(json.at("/scores/1/mean").asDouble()).isEqualTo(4);
        assertThat(json.at("/pairs/0/wins").asInt()).isEqualTo(6);
        assertThat(json.at("/pairs/0/verdict").asText()).as("three rows show nothing").isEqualTo("notShown");
        assertThat(json.at("/agreement/0/alpha").asDouble()).isEqualTo(1);
    }

    private RatingServer serve(int port) {
        return RatingServer.start(RatingPlan.of(rows, RatingSettings.DEFAULTS), RatingFile.open(rows.file()), port);
    }

    private String again() {
        try (RatingServer other = serve(0)) {
            return other.address();
        }
    }

    private JsonNode post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> send(String path, String body, String... headers) throws IOException,
            InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
        return client.send((headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String address) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(address)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", URI.create(server.address()).getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
