package io.weft.jinja;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a template does to a text, the characters that came from outside are still known to. */
class TracedTextTest {
    /** The rendered text with what came from outside in angle quotes. */
    private static String traced(String expression, Map<String, ?> variables) {
        var text = Template.parse("{{ " + expression + " }}").render(variables).text();
        var shown = new StringBuilder();
        int done = 0;
        for (var run : text.runs()) {
            shown.append(text.toString(), done, run.start()).append('«').append(text.toString(), run.start(), run.end())
                    .append('»');
            done = run.end();
        }
        return shown.append(text.toString().substring(done)).toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '^', quoteCharacter = '`', textBlock = """
        'a' + x + 'b'                              ^ a« Hi, you »b
        x.strip() ~ '.'                            ^ «Hi, you».
        x.strip().split(', ')[1] + '!'             ^ «you»!
        ('<' + x + '>')[2:6]                       ^ «Hi, »
        ('ab' + x)[::-1]                           ^ « uoy ,iH »ba
        x.replace('you', 'me')                     ^ « Hi, »me« »
        'a-b'.replace('-', x.strip())              ^ a«Hi, you»b
        ('id ' + x).upper()                        ^ ID « HI, YOU »
        ('straße' + x.strip()).title()             ^ Straße«hi, You»
        x.strip() | tojson                         ^ "«Hi, you»"
        {'k': x} | tojson                          ^ {"k": "« Hi, you »"}
        [x.strip()]                                ^ ['«Hi, you»']
        '%s=%r' % ('k', x.strip())                 ^ k='«Hi, you»'
        '{}:{:>9}'.format('k', x.strip())          ^ k:  «Hi, you»
        ['a', x.strip()] | join('-')               ^ a-«Hi, you»
        x.strip() | list | join('.')               ^ «H».«i».«,».« ».«y».«o».«u»
        x.strip().partition(',') | join('/')       ^ «Hi»/«,»/« you»
        x.strip() | center(11)                     ^ `  «Hi, you»  `
        x.strip() | indent(2, true)                ^ `  «Hi, you»`
        ('<' + x.strip()) | e                      ^ &lt;«Hi, you»
        x.strip().lower().capitalize()             ^ «Hi, you»
        x.strip() * 2                              ^ «Hi, youHi, you»
        y                                          ^ plain
        """)
    void theOriginOfCharactersSurvives(String expression, String expected) {
        assertThat(traced(expression, Map.of("x", TracedText.of(" Hi, you ", 4), "y", "plain"))).isEqualTo(expected);
    }

    @Test void escapesAndCaseChangesBelongToWhatTheyStandFor() {
        assertThat(traced("x | tojson", Map.of("x", TracedText.of("a\"\n🙂", 0)))).isEqualTo("\"«a\\\"\\n🙂»\"");
        assertThat(traced("('ß' + x + 'ß') | upper", Map.of("x", TracedText.of("ß", 0)))).isEqualTo("SS«SS»SS");
        assertThat(traced("x | lower", Map.of("x", TracedText.of("ΟΔΟΣ", 0)))).isEqualTo("«οδος»");
    }

    @Test void differentOriginsAreKeptApart() {
        var text = Template.parse("{{ a }}{{ b }}{{ a }}")
                .render(Map.of("a", TracedText.of("xy", 1), "b", TracedText.of("z", 2)))
                .text();
        assertThat(text.runs()).containsExactly(new TracedText.Run(0, 2, 1), new TracedText.Run(2, 3, 2),
                new TracedText.Run(3, 5, 1));
    }

    @Test void originsChangeNoResult() {
        var source =
                "{{ x == 'a' }}{{ 'a' in x }}{{ {'a': 1}[x] }}{{ [x, 'a']|unique|list|length }}{{ x is string }}{{ x "
                + "is sameas 'a' }}";
        assertThat(Template.parse(source).render(Map.of("x", TracedText.of("a", 9))).text())
                .hasToString("TrueTrue11TrueTrue");
    }

    @Test void textsAreOrderedByCodePoint() {
        var texts = List.of(TracedText.of("\uffff"), TracedText.of("🙂"), TracedText.of("b"), TracedText.of("a"),
                TracedText.of("ab"));
        assertThat(texts.stream().sorted().map(TracedText::toString)).containsExactly("a", "ab", "b", "\uffff", "🙂");
    }
}
