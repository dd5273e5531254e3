package io.weft.reward;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RewardTest {
    private static double of(Reward reward, String answer) { return of(reward, answer, ""); }

    private static double of(Reward reward, String answer, String reference) {
        return reward.of(new Answered("a prompt", "", answer, reference));
    }

    @Test void anExactMatchOverlooksOnlyWhatItIsTold() {
        assertThat(of(new ExactMatch(), "  forty \n two ", "forty two")).isEqualTo(1);
        assertThat(of(new ExactMatch(), "Forty two", "forty two")).isZero();
        assertThat(of(new ExactMatch(1, true, false, Optional.empty()), "Forty two", "forty two")).isEqualTo(1);
        assertThat(of(new ExactMatch(), "forty-two.", "forty two")).isZero();
        assertThat(of(new ExactMatch(1, false, true, Optional.empty()), "forty-two.", "forty two")).isEqualTo(1);
        assertThat(of(new ExactMatch(1, false, true, Optional.empty()), "四十二。", "四十二")).isEqualTo(1);
    }

    @Test void anExactMatchComparesWhatIsFound() {
        var last = new ExactMatch(1, false, false, Optional.of("#### (\\d+)"));
        assertThat(of(last, "2 + 2 = 4, so\n#### 3\nno,\n#### 4", "because\n#### 4")).isEqualTo(1);
        assertThat(of(last, "#### 4", "4")).isEqualTo(1);
        assertThat(of(last, "4", "#### 4")).as("an answer in another form is wrong").isZero();
    }

    @ParameterizedTest
    @CsvSource({"'[0-9]+', true, ' 42 ', 1", "'[0-9]+', true, 'about 42', 0", "'[0-9]+', false, 'about 42', 1",
            "'a.b', true, 'a\nb', 1"})
    void aRegularExpressionMatchesAllOrSome(String pattern, boolean whole, String answer, double worth) {
        assertThat(of(new Regex(1, pattern, whole), answer.replace("\\n", "\n"))).isEqualTo(worth);
    }

    @Test void aLengthFadesOutside() {
        var length = new Length(1, 4, 6, 4, Length.Unit.CHARACTERS);
        assertThat(of(length, "abcd")).isEqualTo(1);
        assertThat(of(length, "abcdef ")).isEqualTo(1);
        assertThat(of(length, "abcdefg")).isCloseTo(0.75, within(1e-12));
        assertThat(of(length, "a")).isCloseTo(0.25, within(1e-12));
        assertThat(of(length, "abcdefghijklm")).isZero();
        assertThat(of(new Length(1, 2, 2, 0, Length.Unit.WORDS), "two words")).isEqualTo(1);
        assertThat(of(new Length(1, 2, 2, 0, Length.Unit.WORDS), "now three words")).isZero();
        assertThat(of(new Length(1, 2, 2, 0, Length.Unit.CHARACTERS), "\uD83D\uDE00\uD83D\uDE00")).isEqualTo(1);
    }

    @Test void aLanguageIsToldByItsLetters() {
        assertThat(of(new Language(1, Language.Script.ZH), "猫 cat!")).isEqualTo(0.25);
        assertThat(of(new Language(1, Language.Script.EN), "猫 cat!")).isEqualTo(0.75);
        assertThat(of(new Language(1, Language.Script.EN), "42.")).isZero();
        assertThat(of(new Language(1, Language.Script.RU), "кот")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
            "{\"type\": \"object\", \"required\": [\"a\"]}; {\"a\": 1}; 1",
            "{\"type\": \"object\", \"required\": [\"a\"]}; {\"b\": 1}; 0",
            "{\"type\": \"object\"}; [1]; 0",
            "{\"type\": \"object\"}; not JSON; 0",
            "{\"type\": \"object\"}; {} and more; 0",
            "{\"properties\": {\"a\": {\"type\": \"integer\", \"minimum\": 2}}}; {\"a\": 2.0}; 1",
            "{\"properties\": {\"a\": {\"type\": \"integer\", \"minimum\": 2}}}; {\"a\": 1}; 0",
            "{\"properties\": {\"a\": {}}, \"additionalProperties\": false}; {\"b\": 1}; 0",
            "{\"type\": \"array\", \"items\": {\"enum\": [1, \"x\"]}, \"maxItems\": 2}; [1.0, \"x\"]; 1",
            "{\"type\": \"array\", \"items\": {\"enum\": [1, \"x\"]}, \"maxItems\": 2}; [1, \"y\"]; 0",
            "{\"type\": \"array\", \"uniqueItems\": true}; [1, 1]; 0",
            "{\"type\": \"string\", \"pattern\": \"^a\", \"maxLength\": 2}; \"ab\"; 1",
            "{\"type\": \"string\", \"pattern\": \"^a\", \"maxLength\": 2}; \"abc\"; 0",
            "{\"oneOf\": [{\"type\": \"number\"}, {\"minimum\": 0}]}; -1; 1",
            "{\"oneOf\": [{\"type\": \"number\"}, {\"minimum\": 0}]}; 1; 0",
            "{\"not\": {\"const\": null}}; null; 0"})
    void aSchemaTakesWhatItDescribes(String schema, String answer, double worth) {
        var reward = new JsonSchema(1, schema);
        assertThat(reward.problems()).isEmpty();
        assertThat(of(reward, answer)).isEqualTo(worth);
        assertThat(of(reward, "```json\n" + answer + "\n```")).as("in a fence").isEqualTo(worth);
    }

    @Test void aSchemaWithWhatIsNotKnownIsToldByName() {
        assertThat(new JsonSchema(1, "{\"properties\": {\"a\": {\"$ref\": \"#\"}}}").problems()).singleElement()
                .asString().contains("$.a").contains("$ref");
        assertThat(new JsonSchema(1, "{\"type\": ").problems()).singleElement().asString().contains("no JSON");
    }
}
