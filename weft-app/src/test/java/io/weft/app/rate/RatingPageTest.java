package io.weft.app.rate;

import io.weft.problem.Language;
import io.weft.rating.Judgement;
import io.weft.rating.RatedRows;
import io.weft.rating.RatedRuns;
import io.weft.rating.Rater;
import io.weft.rating.RatingFile;
import io.weft.rating.RatingPlan;
import io.weft.rating.RatingSettings;
import io.weft.rating.Shown;
import io.weft.rating.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The page in a browser, by its keys. */
class RatingPageTest {
    private static final String LONG = "A line of an answer that does not end.\n".repeat(200);
    @TempDir Path folder;
    private RatedRows rows;
    private RatingServer server;

    @BeforeEach void start() {
        assumeTrue(Browser.program().isPresent(), "there is no Chromium on this machine: the page is not driven");
        Language.use(Language.ENGLISH);
        rows = RatedRows.of(List.of(RatedRuns.run(folder.resolve("run"), List.of(
                List.of("What is <b>bold</b>?", "the expected one", "<img src=x "
                + "onerror=\"window.harmed=1\">", "**no**"),
                List.of("Tell me more.", "the expected one", LONG, "short"),
                List.of("The same?", "yes", "yes", "yes")))));
        server = RatingServer.start(RatingPlan.of(rows, RatingSettings.DEFAULTS), RatingFile.open(rows.file()), 0);
    }

    @AfterEach void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test void aRaterJudgesByTheKeyboardAloneAndGoesOnAfterLeaving() throws Exception {
        try (Browser browser = Browser.start(folder.resolve("profile"), "en-US")) {
            begin(browser, "Li");
            assertThat(browser.text("count")).isEqualTo("0 of 3");
            toPair(browser);
            judge(browser);
            browser.await("screen.done === 1");
            browser.press("u");   // the preference
            browser.await("screen.preference === null && screen.done === 0");
            assertThat(browser.js("screen.answers[0].score").asInt()).isEqualTo(4);
            browser.press("ArrowDown");
            browser.await("screen.done === 1 && !busy");
            browser.press("?");
            browser.await("document.getElementById('help').open");
            browser.press("5");
            browser.js("document.getElementById('help').close()");
            browser.press("e");
            browser.await("document.getElementById('expected-box').offsetHeight > 0");
            assertThat(standing("Li")).as("the key pressed over the help judged nothing").hasSize(3);
            assertThat(browser.complaints()).isEmpty();
        }
        try (Browser browser = Browser.start(folder.resolve("other"), "en-US")) {
            begin(browser, "Li");
            assertThat(browser.text("count")).as("in another browser").isEqualTo("1 of 3");
            while (browser.js("view").asText().equals("work")) {
                judge(browser);
                browser.await("!busy");
            }
            assertThat(browser.text("end")).contains("All judged. Thank you!").contains("3 of 3 are done, Li.");
        }
        assertThat(standing("Li")).as("two preferences and five scores: the same answer is scored once").hasSize(7);
    }

    @Test void answersAreTextOnTheirOwnAndScrollOnDesktopAndPhone() throws Exception {
        try (Browser browser = Browser.start(folder.resolve("profile"), "zh-CN")) {
            for (int[] size : new int[][] {{1280, 800}, {390, 844}}) {
                browser.call("Emulation.setDeviceMetricsOverride", Map.of("width", size[0], "height", size[1],
                        "deviceScaleFactor", 1, "mobile", size[0] < 800));
                begin(browser, "李华");
                assertThat(browser.text("count")).as("the browser's language").isEqualTo("0 / 3");
                for (int i = 0; i < 3; i++) {
                    browser.js("go(" + i + ")");
                    browser.await("screen.screen === " + i);
                    assertThat(browser.js("document.documentElement.scrollWidth <= innerWidth").asBoolean())
                            .as("nothing beyond the edge at %d", size[0]).isTrue();
                    assertThat(browser.js("document.querySelectorAll('.text *').length").asInt())
                            .as("no markup in texts").isZero();
                    if (browser.js("screen.prompt").asText().startsWith("Tell")) {
                        assertThat(browser.js("[0, 1].some(i => $('text-' + i).scrollHeight > "
                                + "$('text-' + i).clientHeight + 100)").asBoolean()).isTrue();
                        browser.press("PageDown");
                        browser.await("$('text-0').scrollTop + $('text-1').scrollTop > 50");
                    }
                }
            }
            assertThat(browser.js("typeof window.harmed").asText()).isEqualTo("undefined");
            assertThat(browser.js("document.documentElement.lang").asText()).isEqualTo("zh-CN");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test void anEmptyNameAndAModelsAreToldAndAServerThatIsGoneLosesNothing() throws Exception {
        RatingFile.open(rows.file()).add(new Judgement(Rater.model("gpt"), new Shown(1, List.of(
                List.of("base")), List.of("x")), new Verdict.Score(0,
                OptionalDouble.of(3)), false, Instant.now()));
        server.close();
        server = RatingServer.start(RatingPlan.of(rows, RatingSettings.DEFAULTS), RatingFile.open(rows.file()), 0);
        try (Browser browser = Browser.start(folder.resolve("profile"), "en-US")) {
            browser.open(server.address());
            browser.js("document.getElementById('form').requestSubmit()");
            browser.await("document.getElementById('name-error').innerText === 'Write your name first.'");
            browser.js("document.getElementById('name').value = 'gpt'; "
                    + "document.getElementById('form').requestSubmit()");
            browser.await("document.getElementById('name-error').innerText.includes(\"name of a model's judgements\")");
            begin(browser, "Eva");
            toPair(browser);
            browser.press("3");
            browser.await("screen.answers[0].score === 3 && !busy");
            server.close();
            browser.press("4");
            browser.await("document.getElementById('error').innerText.includes('start weft rate again')");
        }
        assertThat(standing("Eva")).hasSize(1);
    }

    private void begin(Browser browser, String name) {
        browser.open(server.address());
        browser.js("document.getElementById('name').value = '" + name + "'; "
                + "document.getElementById('form').requestSubmit()");
        browser.await("view === 'work' && !busy");
    }

    private static void toPair(Browser browser) {
        while (!browser.js("screen.compares").asBoolean()) {
            browser.press(" ");
            browser.await("!busy");
        }
    }

    /** Everything that the screen asks. */
    private static void judge(Browser browser) {
        int screen = browser.js("screen.screen").asInt();
        for (String score : List.of("4", "2").subList(0, browser.js("screen.answers.length").asInt())) {
            browser.press(score);
            browser.await("!busy");
        }
        if (browser.js("view === 'work' && screen.compares && screen.screen === " + screen).asBoolean()) {
            browser.press("ArrowLeft");
        }
        browser.await("!busy && (view === 'end' || screen.screen !== " + screen + ")");
    }

    private List<Judgement> standing(String rater) {
        return RatingFile.open(rows.file()).standing(Rater.human(rater));
    }
}
