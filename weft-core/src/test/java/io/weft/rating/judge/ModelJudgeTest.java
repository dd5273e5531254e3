package io.weft.rating.judge;

import io.weft.data.Message;
import io.weft.endpoint.AnswerLog;
import io.weft.endpoint.ChatClient;
import io.weft.endpoint.ChatListener;
import io.weft.endpoint.ChatServer;
import io.weft.endpoint.ChatServer.Told;
import io.weft.endpoint.Endpoint;
import io.weft.endpoint.EndpointRefusal;
import io.weft.metric.agreement.WinRate;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.rating.Preference;
import io.weft.rating.RatedRow;
import io.weft.rating.RatedRows;
import io.weft.rating.RatedRuns;
import io.weft.rating.Rater;
import io.weft.rating.RatingCount;
import io.weft.rating.RatingFile;
import io.weft.rating.RatingPlan;
import io.weft.rating.RatingResults;
import io.weft.rating.RatingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A judge behind a real HTTP service, good, biased, silent and broken. */
class ModelJudgeTest {
    private static final Rater JUDGE = Rater.model("judge");
    @TempDir Path folder;
    private RatedRows rows;

    @BeforeEach void twentyRows() {
        Language.use(Language.ENGLISH);
        rows = RatedRows.of(List.of(RatedRuns.run(folder.resolve("run"), 20)));
    }

    @Test void whoPrefersAnAnswerWhereverItStandsIsCountedAndTheScoresAreMeans() throws IOException {
        try (ChatServer service = new ChatServer(asked -> {
            boolean tunedFirst = asked.question().indexOf("tuned says") < asked.question().indexOf("base says");
            return Told.answer("The form is [[A]] [[A:1]] [[B:1]].\n" + (tunedFirst ? "[[A]] [[A:5]] [[B:2]]"
                    : "[[B]] [[A:2]] [[B:4]]"));
        })) {
            assertThat(judge(service)).isEqualTo(new ModelJudge.Outcome(20, 0, 0, 0, 0));
            assertThat(service.asked()).as("each pair twice").hasSize(40);
        }
        RatingResults results = results();
        RatingResults.Pair pair = results.pair(Rater.Kind.MODEL, "base", "tuned").orElseThrow();
        assertThat(pair.votes()).isEqualTo(new WinRate(20, 0, 0));
        assertThat(results.score(Rater.Kind.MODEL, "tuned").orElseThrow().mean()).isEqualTo(4.5);
        assertThat(results.score(Rater.Kind.MODEL, "base").orElseThrow().mean()).isEqualTo(2);
        assertThat(results.score(Rater.Kind.HUMAN, "base")).as("never counted among people").isEmpty();
        assertThat(results.raters().get(0).turned()).isZero();
    }

    @Test void whoAlwaysPrefersTheFirstEndsInTiesAndInTheFigureOfItsBias() throws IOException {
        try (ChatServer service = new ChatServer(asked -> Told.answer("[[A]] [[A:4]] [[B:2]]"))) {
            judge(service);
        }
        RatingResults.RaterSummary summary = results().raters().get(0);
        assertThat(results().pair(Rater.Kind.MODEL, "base", "tuned").orElseThrow().votes())
                .isEqualTo(new WinRate(0, 20, 0));
        assertThat(List.of(summary.turned(), summary.twice())).containsExactly(20, 20);
        assertThat(summary.leftPercent()).hasValue(100);
        assertThat(results().score(Rater.Kind.MODEL, "base").orElseThrow().mean()).as("both places").isEqualTo(3);
    }

    @Test void whatHoldsNoVerdictIsLeftOutAndCountedAndNotPaidAgain() throws IOException {
        try (ChatServer service = new ChatServer(asked -> Told.answer(
                asked.question().contains("question 7\n") ? "Both are nice."
                : asked.question().contains("question 9\n") ? "[[C]]" : "[[D]] [[A:1]] [[B:1]]"))) {
            assertThat(judge(service)).isEqualTo(new ModelJudge.Outcome(19, 0, 1, 0, 1));
            assertThat(judge(service)).as("again").isEqualTo(new ModelJudge.Outcome(0, 19, 1, 0, 0));
            assertThat(service.asked()).hasSize(40);
        }
        RatingResults.Pair pair = results().pair(Rater.Kind.MODEL, "base", "tuned").orElseThrow();
        assertThat(pair.votes()).isEqualTo(new WinRate(0, 19, 0));
        assertThat(pair.bothBad()).isEqualTo(18);
    }

    @Test void aServiceThatBreaksHalfWayIsGoneOnWithAndNothingIsPaidTwice() throws IOException {
        AtomicInteger paid = new AtomicInteger();
        try (ChatServer service = new ChatServer(asked -> paid.incrementAndGet() > 21
                ? Told.error(401, "invalid_api_key", "no") : Told.answer("[[B]] [[A:2]] [[B:4]]"))) {
            assertThatThrownBy(() -> judge(service)).isInstanceOf(EndpointRefusal.class);
        }
        int kept = RatingFile.open(rows.file()).standing(JUDGE).size();
        assertThat(kept).as("the first eight pairs").isEqualTo(8 * 3);
        try (ChatServer service = new ChatServer(asked -> Told.answer("[[B]] [[A:2]] [[B:4]]"))) {
            // another port is another address: the log of the first is of no use, the file of judgements is
            assertThat(judge(service)).isEqualTo(new ModelJudge.Outcome(12, 8, 0, 0, 0));
            assertThat(service.asked()).hasSize(24);
        }
        assertThat(RatingFile.open(rows.file()).standing(JUDGE)).hasSize(60);
    }

    @Test void aPersonsNameIsNoJudges() {
        RatingFile file = RatingFile.open(rows.file());
        ModelJudge.judge(plan(), file, JUDGE, twice("[[A]]"), false, done -> { });
        assertThatThrownBy(() -> file.admit(Rater.human("judge"))).isInstanceOf(UserError.class);
        assertThat(ModelJudge.judge(plan(), file, Rater.model("mute"), questions -> questions.stream()
                .map(question -> Optional.<String>empty()).toList(), false, done -> { }).unanswered()).isEqualTo(20);
    }

    @Test void theQuestionHoldsRowAndAnswersAsTheyAreInTheLanguageOfTheRows() {
        RatedRow row = new RatedRow(1, "Say {a}.", "expected words", Map.of());
        String pair = text(JudgePrompt.of(List.of(row), false).pair(row, "one {b} $1", "two"));
        assertThat(pair).contains("Say {a}.", "<answer A>\none {b} $1\n</answer A>", "<answer B>\ntwo\n</answer B>",
                "[[C]]").doesNotContain("expected words", "{prompt}", "{reference}");
        assertThat(text(JudgePrompt.of(List.of(row), true).pair(row, "one", "two")))
                .contains("<a good answer>\nexpected words\n</a good answer>");
        assertThat(text(JudgePrompt.of(List.of(row), false).single(row, "one"))).contains("[[A:3]]")
                .doesNotContain("[[C]]", "answer B");
        RatedRow chinese = new RatedRow(1, "什么是过拟合？", "", Map.of());
        assertThat(text(JudgePrompt.of(List.of(chinese), true).pair(chinese, "甲", "乙")))
                .contains("<请求>\n什么是过拟合？", "<回答 B>\n乙").doesNotContain("参考答案");
        assertThat(text(JudgePrompt.of(List.of(chinese), true).single(chinese, "甲"))).contains("[[A:3]]");
    }

    @Test void aReplySaysWhatItsLastBracketsSay() {
        assertThat(JudgeReply.of("[[A]] first, but no: [[ B ]]\n[[A: 3]] [[B：5]]"))
                .isEqualTo(new JudgeReply(Optional.of(Preference.RIGHT), OptionalInt.of(3), OptionalInt.of(5)));
        assertThat(JudgeReply.of("A is better, 4 of 5"))
                .isEqualTo(new JudgeReply(Optional.empty(), OptionalInt.empty(), OptionalInt.empty()));
        assertThat(JudgeReply.of("[[A:6]] [[E]]").a()).isEmpty();
    }

    private ModelJudge.Outcome judge(ChatServer service) {
        try (AnswerLog log = AnswerLog.open(folder.resolve("judge.jsonl"))) {
            ChatClient client = ChatClient.of(Endpoint.of(service.base(), "judge", "", Map.of()), log, Map.of(),
                    ChatListener.NONE);
            return ModelJudge.judge(plan(), RatingFile.open(rows.file()), JUDGE, new EndpointModel(client), false,
                    done -> { });
        }
    }

    private RatingPlan plan() { return RatingPlan.of(rows, RatingSettings.DEFAULTS); }

    private RatingResults results() { return RatingCount.of(rows, RatingFile.open(rows.file()), 7); }

    private static AskedModel twice(String reply) {
        return questions -> questions.stream().map(question -> Optional.of(reply)).toList();
    }

    private static String text(List<Message> messages) {
        assertThat(messages).extracting(Message::role).isEqualTo(Stream.of("system", "user").toList());
        return messages.stream().map(Message::content).collect(Collectors.joining("\n"));
    }
}
