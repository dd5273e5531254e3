package io.weft.metric.form;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FormTest {
    @Test void jsonStandsAloneAndWhole() {
        assertThat(JsonForm.isValid(" {\"a\": [1, null]} \n")).isTrue();
        for (String broken : List.of("", "{\"a\": 1", "{\"a\": 1} and more", "{'a': 1}", "12", "\"a\"", "null",
                "```json\n{}\n```")) {
            assertThat(JsonForm.isValid(broken)).as(broken).isFalse();
        }
        assertThat(JsonForm.isAskedBy(List.of("{}", "[1]"))).isTrue();
        assertThat(JsonForm.isAskedBy(List.of("{}", "one"))).isFalse();
        assertThat(JsonForm.isAskedBy(List.of())).isFalse();
    }

    @Test void keysAreComparedAtEveryDepthAndValuesNot() {
        String expected = "{\"name\": \"a\", \"parts\": [{\"size\": 1}, {\"size\": 2}]}";
        assertThat(JsonForm.hasKeysOf("{\"parts\": [{\"size\": 9}], \"name\": null}", expected)).isTrue();
        assertThat(JsonForm.hasKeysOf("{\"name\": \"a\", \"parts\": [{\"weight\": 1}]}", expected)).isFalse();
        assertThat(JsonForm.hasKeysOf("{\"name\": \"a\"}", expected)).isFalse();
        assertThat(JsonForm.hasKeysOf("no", expected)).isFalse();
    }

    @Test void distinctCountsAllAnswersTogether() {
        List<List<String>> answers = List.of(List.of("a", "b", "a"), List.of("a", "b"), List.of());
        assertThat(Variety.distinct(answers, 1)).isEqualTo(100.0 * 2 / 5);
        assertThat(Variety.distinct(answers, 2)).isEqualTo(100.0 * 2 / 3);
        assertThat(Variety.distinct(List.of(List.of("a")), 2)).isNaN();
    }
}
