package io.weft.endpoint;

import io.weft.data.Message;
import io.weft.endpoint.ChatServer.Manner;
import io.weft.endpoint.ChatServer.Told;
import io.weft.endpoint.EndpointRefusal.Kind;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

final class ChatClientTest {
    private static final String KEY = "sk-thisIsTheKeyOfTheTest1234567890";
    private static final Map<String, String> ENVIRONMENT = Map.of("TEST_KEY", KEY);
    private static final Patience QUICK = new Patience(Duration.ofSeconds(5), Duration.ofSeconds(5),
            Duration.ofMillis(1), Duration.ofSeconds(2), 3);
    @TempDir Path folder;
    private final List<Duration> waits = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    private static ChatRequest question(String text) { return ChatRequest.of(List.of(Message.user(text))); }

    private static List<ChatRequest> questions(int count) {
        return IntStream.range(0, count).mapToObj(i -> question("question " + i)).toList();
    }

    private ChatClient client(ChatServer server, AnswerLog log, Patience patience) {
        return ChatClient.of(Endpoint.of(server.base(), "tiny", "TEST_KEY", ENVIRONMENT).with(patience), log, Map.of(),
                (reason, wait) -> waits.add(wait));
    }

    private AnswerLog log() { return AnswerLog.open(folder.resolve("answers.jsonl")); }

    /** What a server of this manner makes of one request. */
    private EndpointRefusal refusal(Manner manner) throws IOException {
        try (ChatServer server = new ChatServer(manner); AnswerLog log = log()) {
            return catchThrowableOfType(EndpointRefusal.class,
                    () -> client(server, log, QUICK).ask(question("why?").withMaxTokens(9)));
        }
    }

    @Test void answersWithTheModelsTextAndWhatItCost() throws IOException {
        try (ChatServer server = new ChatServer(asked
                -> Told.answer("to " + asked.question())); AnswerLog log = log()) {
            ChatClient client = client(server, log, QUICK);
            ChatAnswer answer = client.ask(question("为什么?").withTemperature(0.5).withMaxTokens(9).withSeed(4));
            assertThat(answer).isEqualTo(new ChatAnswer("to 为什么?", "stop", 7, 3));
            assertThat(client.spent()).isEqualTo(new ChatClient.Spent(1, 0, 7, 3));
            assertThat(server.asked().get(0).authorization()).isEqualTo("Bearer " + KEY);
            assertThat(server.asked().get(0).body()).hasToString("{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\","
                    + "\"content\":\"为什么?\"}],\"temperature\":0.5,\"max_tokens\":9,\"seed\":4}");
        }
    }

    @Test void aJobThatBreaksOffHalfWayGoesOnLaterAndNothingIsPaidTwice() throws IOException {
        AtomicInteger answered = new AtomicInteger();
        Map<String, Integer> paid = Collections.synchronizedMap(new TreeMap<>());
        List<ChatRequest> questions = questions(20);
        try (ChatServer server = new ChatServer(asked -> {
            if (answered.incrementAndGet() > 7 && answered.get() < 40) {
                return Told.of(503, "down");
            }
            paid.merge(asked.question(), 1, Integer::sum);
            return Told.answer(asked.question().toUpperCase(Locale.ROOT));
        })) {
            try (AnswerLog log = log()) {
                assertThatThrownBy(() -> client(server, log, QUICK).askAll(questions, 2, refused -> { }))
                        .isInstanceOf(EndpointRefusal.class).hasMessageContaining("answers 503", "3 times");
                assertThat(log.size()).isEqualTo(7);
            }
            answered.set(100);
            try (AnswerLog log = log()) {
                ChatClient client = client(server, log, QUICK);
                List<Optional<ChatAnswer>> answers = client.askAll(questions, 4, refused -> { });
                assertThat(answers).hasSize(20);
                assertThat(answers.get(19).orElseThrow().text()).isEqualTo("QUESTION 19");
                assertThat(client.spent().asked()).isEqualTo(13);
                assertThat(client.spent().found()).isEqualTo(7);
            }
        }
        assertThat(paid).hasSize(20).allSatisfy((question, times) -> assertThat(times).isEqualTo(1));
    }

    @Test void ofEqualRequestsAtTheSameTimeOneIsSent() throws IOException {
        try (ChatServer server = new ChatServer(asked -> {
            Thread.sleep(200);
            return Told.answer("once");
        }); AnswerLog log = log()) {
            List<ChatRequest> equal = Collections.nCopies(8, question("the same"));
            List<Optional<ChatAnswer>> answers = client(server, log, QUICK).askAll(equal, 8, refused -> { });
            assertThat(answers.stream().map(Optional::orElseThrow).map(ChatAnswer::text).collect(Collectors.toSet()))
                    .containsExactly("once");
            assertThat(server.asked()).hasSize(1);
        }
    }

    @Test void anotherTakeIsAnotherRequest() throws IOException {
        AtomicInteger count = new AtomicInteger();
        try (ChatServer server = new ChatServer(asked -> Told.answer("" + count.incrementAndGet()));
                AnswerLog log = log()) {
            ChatClient client = client(server, log, QUICK);
            assertThat(List.of(client.ask(question("a")).text(), client.ask(question("a").withTake(1)).text(),
                    client.ask(question("a")).text())).containsExactly("1", "2", "1");
        }
    }

    @Test void waitsAsLongAsTheServiceAsks() throws IOException {
        AtomicInteger count = new AtomicInteger();
        String soon = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2).format(DateTimeFormatter.RFC_1123_DATE_TIME);
        List<Told> replies = List.of(Told.error(429, "rate_limit_exceeded", "slow down").with("Retry-After", "1"),
                Told.of(503, "").with("Retry-After", soon), Told.answer("at last"));
        long start = System.nanoTime();
        try (ChatServer server = new ChatServer(asked -> replies.get(count.getAndIncrement())); AnswerLog log = log()) {
            assertThat(client(server, log, QUICK).ask(question("a")).text()).isEqualTo("at last");
        }
        assertThat(waits.get(0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(waits).hasSize(2).allMatch(wait -> wait.compareTo(Duration.ofSeconds(2)) <= 0);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1000));
    }

    @Test void aWaitBeyondPatienceIsToldAndNotWaited() throws IOException {
        EndpointRefusal refusal = refusal(asked -> Told.of(429, "").with("Retry-After", "3600"));
        assertThat(refusal.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(refusal).hasMessageContaining("asks to wait 3600 s, more than the 2 s");
    }

    @Test void aSlowAnswerIsNotWaitedForLongerThanAllowedAndAskedForAgain() throws IOException {
        AtomicInteger count = new AtomicInteger();
        Patience hasty = QUICK.withAnswer(Duration.ofMillis(400));
        try (ChatServer server = new ChatServer(asked -> {
            if (count.getAndIncrement() == 0) {
                Thread.sleep(3000);
            }
            return Told.answer("now");
        }); AnswerLog log = log()) {
            long start = System.nanoTime();
            assertThat(client(server, log, hasty).ask(question("a")).text()).isEqualTo("now");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2900));
            assertThat(waits).hasSize(1);
        }
    }

    @Test void refusalsAreNamedAndNotTriedAgain() throws IOException {
        assertThat(refusal(asked -> Told.error(401, "invalid_api_key", "Incorrect API key provided: " + KEY)))
                .hasMessageContaining("refuses the key in TEST_KEY (401)").hasMessageNotContaining(KEY)
                .extracting(EndpointRefusal::kind).isEqualTo(Kind.KEY);
        assertThat(refusal(asked -> asked.path().endsWith("/models")
                ? Told.of(200, "{\"data\": [{\"id\": \"small\"}, {\"id\": \"large\"}]}")
                : Told.error(404, "model_not_found", "The model `tiny` does not exist")))
                .hasMessageContaining("has no such model (404); it has small, large")
                .extracting(EndpointRefusal::kind).isEqualTo(Kind.MODEL);
        assertThat(refusal(asked -> Told.of(404, "404 page not found")))
                .hasMessageContaining("/v1/chat/completions (404)")
                .extracting(EndpointRefusal::kind).isEqualTo(Kind.ADDRESS);
        assertThat(refusal(asked -> Told.of(200, "<html>Sign in</html>"))).hasMessageContaining("not JSON",
                "<html>Sign in</html>").extracting(EndpointRefusal::kind).isEqualTo(Kind.RUBBISH);
        assertThat(refusal(asked -> Told.of(200, "{\"result\": 1}"))).hasMessageContaining("choices[0].message.content")
                .extracting(EndpointRefusal::kind).isEqualTo(Kind.RUBBISH);
        assertThat(refusal(asked -> Told.error(400, "context_length_exceeded", "This model's maximum context length is "
                + "16 tokens"))).hasMessageContaining("longer than the model reads (400): This model's maximum context")
                .extracting(EndpointRefusal::kind).isEqualTo(Kind.TOO_LONG);
        assertThat(refusal(asked -> Told.error(429, "insufficient_quota", "You exceeded your current quota")))
                .extracting(EndpointRefusal::kind).isEqualTo(Kind.QUOTA);
        assertThat(refusal(asked -> Told.of(302, "").with("Location", "http://elsewhere.example/")))
                .extracting(EndpointRefusal::kind).isEqualTo(Kind.ADDRESS);
        assertThat(refusal(asked -> Told.error(400, "bad", "no, " + KEY))).hasMessageContaining("(400): no, ***")
                .hasMessageNotContaining(KEY).extracting(EndpointRefusal::kind).isEqualTo(Kind.REQUEST);
        assertThat(waits).isEmpty();
    }

    @Test void aRefusalOfOneRequestLeavesTheOthersAlone() throws IOException {
        List<EndpointRefusal> leftOut = new ArrayList<>();
        try (ChatServer server = new ChatServer(asked -> asked.question().endsWith("1")
                ? Told.error(400, "content_filter", "filtered") : Told.answer("fine")); AnswerLog log = log()) {
            assertThat(client(server, log, QUICK).askAll(questions(3), 2, leftOut::add).stream()
                    .map(answer -> answer.map(ChatAnswer::text).orElse("none")))
                    .containsExactly("fine", "none", "fine");
        }
        assertThat(leftOut).extracting(EndpointRefusal::kind).containsExactly(Kind.FILTERED);
    }

    @Test void takesTheSpellingOfTheLengthThatTheServiceWants() throws IOException {
        try (ChatServer server = new ChatServer(asked -> asked.body().has("max_tokens")
                ? Told.error(400, "unsupported_parameter", "Use 'max_completion_tokens' instead.")
                : Told.answer("" + asked.body().get("max_completion_tokens"))); AnswerLog log = log()) {
            ChatClient client = client(server, log, QUICK);
            assertThat(client.ask(question("a").withMaxTokens(5)).text()).isEqualTo("5");
            assertThat(client.ask(question("b").withMaxTokens(6)).text()).isEqualTo("6");
            assertThat(server.asked()).hasSize(3);
        }
    }

    @Test void nothingThatListensIsToldAfterSomeAttempts() throws IOException {
        ChatServer gone = new ChatServer(asked -> Told.answer("never"));
        gone.close();
        try (AnswerLog log = log()) {
            assertThatThrownBy(() -> client(gone, log, QUICK).ask(question("a"))).isInstanceOf(EndpointRefusal.class)
                    .hasMessageContaining("nothing listens at http://127.0.0.1", "3 times", "run the same command");
        }
    }

    @Test void theKeyStandsInNoFileAndNoText() throws IOException {
        Endpoint endpoint;
        try (ChatServer server = new ChatServer(asked -> Told.answer("fine")); AnswerLog log = log()) {
            endpoint = client(server, log, QUICK).endpoint();
            client(server, log, QUICK).ask(question("a"));
        }
        assertThat(Files.readString(folder.resolve("answers.jsonl"))).doesNotContain(KEY);
        assertThat(endpoint.toString() + endpoint.key()).doesNotContain(KEY);
    }

    @Test void whatIsNoEndpointIsRefusedBeforeAnythingIsAsked() {
        assertThat(Endpoint.address("http://h:1/v1/chat/completions/").toString()).isEqualTo("http://h:1/v1");
        for (String wrong : List.of("h:1/v1", "ftp://h/v1", "http://user:secret@h/v1", "http://h/v1?key=secret", "a "
                + "b")) {
            assertThatThrownBy(() -> Endpoint.address(wrong)).isInstanceOf(UserError.class)
                    .hasMessageContaining("expected an http or https address").hasMessageNotContaining("secret");
        }
        assertThatThrownBy(() -> Endpoint.of("http://h/v1", "m", "NO_SUCH_KEY", Map.of()))
                .hasMessageContaining("environment variable NO_SUCH_KEY", "is not set");
        assertThatThrownBy(() -> Endpoint.of("http://h/v1", "m", "sk-proj-abc", Map.of()))
                .hasMessageContaining("no name of an environment variable").hasMessageNotContaining("sk-proj");
        assertThatThrownBy(() -> Endpoint.of("http://h/v1", " ", "", Map.of()))
                .hasMessageContaining("which of its models");
    }

    @Test void whatAReasoningModelThoughtIsNoPartOfWhatItSaid() {
        assertThat(new ChatAnswer("<think>\nhm\n</think>\n\nYes.", "stop", 0, 0).said()).isEqualTo("Yes.");
        assertThat(new ChatAnswer("hm</think>Yes.", "stop", 0, 0).said()).isEqualTo("Yes.");
        assertThat(new ChatAnswer("<think>hm", "length", 0, 0).said()).isEmpty();
        assertThat(new ChatAnswer(" Yes, <b> ", "stop", 0, 0).said()).isEqualTo("Yes, <b>");
    }
}
