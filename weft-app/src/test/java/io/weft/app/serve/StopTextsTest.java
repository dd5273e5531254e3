package io.weft.app.serve;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StopTextsTest {
    @Test void anAnswerEndsBeforeTheFirstStopTextHoweverItArrives() {
        String text = "one two\n\nUser: three # four\n\nUser: five";
        for (List<String> stops : List.of(List.of("\n\nUser:"), List.of("#", "\n\nUser:"), List.of("four", "#"),
                List.of("e"), List.of("\n\nUser: f", "\n\nUser: t"), List.of("\n\n\n"), List.<String>of())) {
            int end = stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(text.length());
            for (int width = 1; width <= text.length(); width++) {
                StopTexts reader = new StopTexts(stops);
                StringBuilder shown = new StringBuilder();
                for (int at = 0; at < text.length() && !reader.met(); at += width) {
                    shown.append(reader.push(text.substring(at, Math.min(text.length(), at + width))));
                    assertThat(text.substring(0, end)).startsWith(shown);
                }
                assertThat(shown.append(reader.finish()).toString()).as("%s in pieces of %d", stops, width)
                        .isEqualTo(text.substring(0, end));
                assertThat(reader.met()).isEqualTo(end < text.length());
            }
        }
    }

    @Test void onlyWhatMayBecomeAStopTextIsHeldBack() {
        StopTexts reader = new StopTexts(List.of("END"));
        assertThat(reader.push("abc")).isEqualTo("abc");
        assertThat(reader.push("dE")).isEqualTo("d");
        assertThat(reader.push("N")).isEmpty();
        assertThat(reader.push("x")).isEqualTo("ENx");
    }
}
