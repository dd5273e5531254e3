package io.weft.jinja;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each feature of the language on a template of its own; the expected texts are Python's. */
class TemplateTest {
    private static final Map<String, Object> VARIABLES = variables();

    private static Map<String, Object> variables() {
        var variables = new LinkedHashMap<String, Object>();
        variables.put("n", 7);
        variables.put("f", 2.5f);
        variables.put("s", "  Hello, World \n");
        variables.put("han", "你好🙂x");
        variables.put("nums", List.of(5, 3, 9, 1));
        variables.put("d", new LinkedHashMap<>(Map.of("items", 5)));
        variables.put("messages", List.of(Map.of("role", "user", "content", "hi"),
                Map.of("role", "assistant", "content", "yo")));
        variables.put("nothing", null);
        return variables;
    }

    private static String render(String source) { return Template.parse(source).render(VARIABLES).text().toString(); }

    @ParameterizedTest
    @CsvSource(delimiter = '^', quoteCharacter = '`', textBlock = """
        1 + 2 * 3 - -4                                  ^ 11
        7 // 2, -7 // 2, 7 % -3, -7.5 % 2               ^ (3, -4, -2, 0.5)
        2 ** 3 ** 2, -2 ** 2, 2 ** -1                   ^ (64, 4, 0.5)
        1 / 3, 10 / 5, 1e16, 1e15, 0.0001, 1e-5         ^ (0.3333333333333333, 2.0, 1e+16, 1000000000000000.0, \
        0.0001, 1e-05)
        5.684341886080802e-14, 2.0e-3, 1e23             ^ (5.684341886080802e-14, 0.002, 1e+23)
        9223372036854775807 + 1, 2 ** 64 // 3           ^ (9223372036854775808, 6148914691236517205)
        0x1F, 0b11, 1_000                               ^ (31, 3, 1000)
        1 < 2 < 3, 3 > 2 > 2, 1 == 1.0, true == 1       ^ (True, False, True, True)
        'b' in 'abc', 2 in [1, 2], 'items' in d         ^ (True, True, True)
        'B' not in 'abc', not 1 in [1]                  ^ (True, False)
        n > 3 and nothing or 'last'                     ^ last
        'yes' if n is odd else 'no'                     ^ yes
        'a' ~ 1 ~ none ~ true ~ missing                 ^ a1NoneTrue
        'ab' * 2 + 'c', [1] * 2 + [3], (1,) + (2,)      ^ ('ababc', [1, 1, 3], (1, 2))
        'a' 'b'                                         ^ ab
        [none, true, 1.5, 'q\\'', "it's", missing]      ^ [None, True, 1.5, "q'", "it's", Undefined]
        '\\x41\\u4f60\\101\\q'                          ^ A你A\\q
        han|length, han[-2], han[1:3], han[::-1]        ^ (4, '🙂', '好🙂', 'x🙂好你')
        nums[1:], nums[-1], nums[::-2], nums[10]        ^ ([3, 9, 1], 1, [1, 3], Undefined)
        d.items() | list, d['items'], d.get('x', 4)     ^ ([('items', 5)], 5, 4)
        messages[0].role, messages.1['content']         ^ ('user', 'yo')
        dict(a=1, **{'b': 2}), namespace(a=1).a         ^ ({'a': 1, 'b': 2}, 1)
        range(3) | list, range(5, 0, -2) | list         ^ ([0, 1, 2], [5, 3, 1])
        """)
    void expressionsHavePythonsValues(String expression, String expected) {
        assertThat(render("{{ " + expression + " }}")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '^', quoteCharacter = '`', textBlock = """
        s.strip().split(', ')                           ^ ['Hello', 'World']
        ' a  b '.split(), 'a b c'.split(none, 1)        ^ (['a', 'b'], ['a', 'b c'])
        'a-b-c'.rsplit('-', 1), 'a\\r\\nb'.splitlines() ^ (['a-b', 'c'], ['a', 'b'])
        'a</t>b'.split('</t>')[-1], 'abc'.partition('b')^ ('b', ('a', 'b', 'c'))
        'abcabc'.find('c', 3), 'abc'.rfind('z')         ^ (5, -1)
        'aaa'.replace('a', 'b', 2), 'ab'.replace('','-')^ ('bba', '-a-b-')
        'banana'.count('an'), 'abc'.count('')           ^ (2, 4)
        'x'.startswith(('a', 'x')), 'xy'.endswith('y')  ^ (True, True)
        'hELLO wORLD'.title(), 'straße'.upper()         ^ ('Hello World', 'STRASSE')
        'a'.center(4, '*'), '7'.zfill(3), 'a'.ljust(3)  ^ ('*a**', '007', 'a  ')
        '12'.isdigit(), 'a1'.isalnum(), ''.isalpha()    ^ (True, True, False)
        ', '.join(['a', 'b']), 'aXb'.swapcase()         ^ ('a, b', 'AxB')
        '{} {b:>4} {0!r}'.format('a', b=1)              ^ a    1 'a'
        '{:.2f} {:,} {:08.3f} {:x}'.format(f, 1234567, f, 255) ^ 2.50 1,234,567 0002.500 ff
        '%s is %05.1f%% %r' % ('x', 2.25, 'y')          ^ x is 002.2% 'y'
        """)
    void textsHavePythonsMethods(String expression, String expected) {
        assertThat(render("{{ " + expression + " }}")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '^', quoteCharacter = '`', textBlock = """
        s | trim | upper                                            ^ HELLO, WORLD
        nums | sort, nums | sort(reverse=true), nums | max          ^ ([1, 3, 5, 9], [9, 5, 3, 1], 9)
        messages | map(attribute='role') | join(', ')               ^ user, assistant
        ['a', 'B'] | map('upper') | list, ['b', 'A'] | sort         ^ (['A', 'B'], ['A', 'b'])
        messages | selectattr('role', 'equalto', 'user') | list | length ^ 1
        nums | select('odd') | list, nums | reject('gt', 3) | list  ^ ([5, 3, 9, 1], [3, 1])
        {'b': 1, 'a': [1.0, none, '<é\\n']} | tojson                ^ {"b": 1, "a": [1.0, null, "<é\\n"]}
        {'b': 1, 'a': 2} | tojson(sort_keys=true, separators=(',', ':')) ^ {"a":2,"b":1}
        'é🙂' | tojson(ensure_ascii=true)                           ^ "\\u00e9\\ud83d\\ude42"
        {'b': 1, 'A': 2} | dictsort                                 ^ [('A', 2), ('b', 1)]
        missing | default('x'), '' | d('y', true), '' | d('z')      ^ ('x', 'y', '')
        '3.7' | int, 'x' | int(-1), '0x1A' | int(0, 16), '1e3' | float ^ (3, -1, 26, 1000.0)
        2.5 | round, 2.675 | round(2), 1.2 | round(0, 'ceil'), -3 | abs ^ (2.0, 2.67, 2.0, 3)
        'a b c' | wordcount, 'hello world' | truncate(8, leeway=0), 'a-b' | title ^ (3, 'hello...', 'A-B')
        [1, 2, 3] | batch(2) | list, [1, 2, 3] | slice(2) | list    ^ ([[1, 2], [3]], [[1, 2], [3]])
        ['a', 'A', 'b'] | unique | list, [1, 2] | sum, [[1]] | first ^ (['a', 'b'], 3, [1])
        '<a&b>' | e, ('<' | safe) + '<', '<p>x</p>' | striptags     ^ (Markup('&lt;a&amp;b&gt;'), Markup('<&lt;'), 'x')
        'x\\ny' | indent(2), 'a b/é' | urlencode                    ^ ('x\\n  y', 'a%20b/%C3%A9')
        """)
    void filtersDoWhatJinjasDo(String expression, String expected) {
        assertThat(render("{{ " + expression + " }}")).isEqualTo(expected);
    }

    @Test void loopsKnowWhereTheyStand() {
        assertThat(render(
                "{% for x in nums %}{{ loop.index }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.previtem }}{{ "
                + "loop.cycle('a', 'b') }};{% endfor %}"))
            .isEqualTo("13Truea;22False5b;31False3a;40False9b;");
        assertThat(render(
                "{% for x in nums if x > 3 %}{{ loop.length }}{{ x }}{% else %}none{% endfor %}{% for x in [] %}{% "
                + "else %}none{% endfor %}")).isEqualTo("2529none");
        assertThat(render(
                "{% for x in nums %}{% if x == 9 %}{% break %}{% elif x == 3 %}{% continue %}{% endif %}{{ x }}{% "
                + "endfor %}")).isEqualTo("5");
        assertThat(render("{% for x in [1, [2, [3]]] recursive %}"
            + "{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}{{ loop.depth }}{% endif %}{% endfor %}"))
            .isEqualTo("11(22(33))");
        assertThat(render("{% for k, v in d.items() %}{{ k }}={{ v }}{% endfor %}")).isEqualTo("items=5");
    }

    @Test void assignmentsStayInTheirScopeUnlessANamespaceCarriesThem() {
        assertThat(render("{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = 2 %}{% endfor %}{{ x }}"))
                .isEqualTo("111");
        assertThat(render(
                "{% set ns = namespace(x=1) %}{% for i in nums %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}"))
                .isEqualTo("19");
        assertThat(render(
                "{% if n %}{% set q, r = 1, 2 %}{% endif %}{{ q }}{{ r }}{% set b | upper %}x{{ n }}{% endset "
                + "%}{{ b }}")).isEqualTo("12X7");
        assertThat(render(
                "{% with a = 1, b = n %}{{ a }}{{ b }}{% endwith %}{{ a }}{% filter upper %}ab{% endfilter %}"))
                .isEqualTo("17AB");
    }

    @Test void macrosTakeDefaultsExtrasAndCallers() {
        assertThat(render(
                "{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1) }} {{ "
                + "m(1, 3, 4, 5, z=6) }}"))
            .isEqualTo("121(){} 134(5,){'z': 6}");
        assertThat(render(
                "{% macro m() %}<{{ caller('z') }}>{% endmacro %}{% call(q) m() %}in{{ q }}{{ n }}{% endcall %}"))
                .isEqualTo("<inz7>");
        assertThat(render("{% macro f(k) %}{{ k }}{% if k > 0 %}{{ f(k - 1) }}{% endif %}{% endmacro %}{{ f(3) }}"))
                .isEqualTo("3210");
        assertThatThrownBy(() -> render("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}"))
                .isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> render("{% macro m(a) %}{% endmacro %}{{ m(b=2) }}"))
                .isInstanceOf(TemplateException.class);
    }

    @Test void whiteSpaceIsControlledAsTransformersSetsItUp() {
        assertThat(render("a \n  {% if 1 %}\n b\n  {% endif %}\nc\n")).isEqualTo("a \n b\nc");
        assertThat(render("a \n  {%- if 1 -%}\n b\n  {%- endif -%}\nc")).isEqualTo("abc");
        assertThat(render("a \n  {%+ if 1 +%}\n b\n  {% endif +%}\nc")).isEqualTo("a \n  \n b\n\nc");
        assertThat(render("  {{ n }}\n  {# note #}\n  b\n\n")).isEqualTo("  7\n  b\n");
        assertThat(render("{% raw %}{{ x }}{% y %}{% endraw %}{{ '}}' }}")).isEqualTo("{{ x }}{% y %}}}");
        assertThat(render("{{ {'a': {'b': 1}}['a']['b'] }}\r\nx")).isEqualTo("1\nx");
    }

    @Test void generationBlocksAreMarkedInTheOutput() {
        var rendering = Template.parse("{% for m in messages %}{{ m.role }}:{% generation %}{{ m.content }}!{% "
                + "endgeneration %}\n{% endfor %}").render(VARIABLES);
        assertThat(rendering.text().toString()).isEqualTo("user:hi!assistant:yo!");
        assertThat(rendering.generated()).containsExactly(new Span(5, 8), new Span(18, 21));
        assertThat(rendering.generatedIsWhole()).isTrue();
        assertThat(Template.parse("{% set x %}{% generation %}a{% endgeneration %}{% endset %}{{ x|upper }}")
                .render(Map.of()).generatedIsWhole()).isFalse();
    }

    @Test void datesAreEnglishAndComeFromTheGivenClock() {
        var clock = Clock.fixed(Instant.parse("2026-07-09T08:05:03Z"), ZoneOffset.UTC);
        var rendering = Template.parse("{{ strftime_now('%d %b %Y|%-d %B|%A %H:%M:%S|%y-%m|%%') }}")
                .render(Map.of(), clock);
        assertThat(rendering.text().toString()).isEqualTo("09 Jul 2026|9 July|Thursday 08:05:03|26-07|%");
    }

    @Test void whatIsMissingPrintsNothingButCannotBeUsed() {
        assertThat(render(
                "[{{ missing }}{{ d.x }}{{ missing | length }}{{ missing == other }}{% for x in missing %}x{% endfor "
                + "%}]")).isEqualTo("[0True]");
        for (var use : List.of("missing.x", "missing + 1", "missing()", "nothing.x.y", "missing < 1", "missing | int",
                "[missing] | tojson", "nothing + 'a'", "'a' + nothing")) {
            assertThatThrownBy(() -> render("{{ " + use + " }}")).as(use).isInstanceOf(TemplateException.class);
        }
    }

    @Test void errorsNameTheLine() {
        assertLine(3, "a\nb\n{{ missing.x }}\nc");
        assertLine(2, "{% if n %}\n{{ raise_exception('roles must alternate') }}\n{% endif %}");
        assertLine(4, "{% for x in nums %}\n\n{{ x }}\n{{ x + 'a' }}{% endfor %}");
        assertLine(2, "{{ n }}\n{{ n | nofilter }}");
        assertLine(3, "{#\n#}\n{% frobnicate %}");
        assertLine(2, "\n{{ 'abc }}");
        assertLine(5, "{% macro m(a) %}\n{{ a.b.c }}\n{% endmacro %}\n\n{{ missing.x ~ m(1) }}");
        assertLine(2, "{% macro m(a) %}\n{{ a.b.c }}\n{% endmacro %}\n\n{{ m(1) }}");
        assertThatThrownBy(() -> render("x\n{{ raise_exception('roles must alternate') }}"))
                .hasMessageContaining("roles must alternate").hasMessageContaining("2");
    }

    private static void assertLine(int line, String source) {
        assertThatThrownBy(() -> render(source)).as(source)
                .isInstanceOfSatisfying(TemplateException.class, e -> assertThat(e.line()).as(e.getMessage())
                .isEqualTo(line));
    }

    @Test void brokenSyntaxIsRefused() {
        for (var source : List.of("{{ 1 + }}", "{{ (1 }}", "{% if %}{% endif %}", "{% endif %}", "{% for %}",
                "{{ a b }}", "{% set %}", "{{ 1 }", "{% if 1 %}",
            "{{ [1, 2 }}", "{{ n is is string }}",
                "{% break %}", "{% set d.x = 1 %}", "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}",
                "{{ '\\x4' }}", "{# open", "{% raw %}",
                "{{ n | }}", "{{ 1 $ 2 }}", "{% call n %}{% endcall %}")) {
            assertThatThrownBy(() -> render(source)).as(source)
                    .isInstanceOfSatisfying(TemplateException.class, e -> assertThat(e.line()).isEqualTo(1));
        }
    }

    @Test void anUnknownFilterIsAnErrorUnlessAConditionKeepsItAway() {
        assertThat(render("{% if 0 %}{{ n | nofilter }}{% endif %}{{ 1 if 1 else n | nofilter }}")).isEqualTo("1");
        assertThatThrownBy(() -> Template.parse("{% for x in [] %}{{ x is notest }}{% endfor %}"))
                .hasMessageContaining("notest");
    }

    @Test void onlyPlainValuesMayBeGiven() {
        assertThat(Template.parse("{{ a }}{{ b }}").render(Map.of("a", BigInteger.TWO.pow(70), "b", (short) 3)).text()
                .toString()).isEqualTo("11805916207174113034243");
        assertThatThrownBy(() -> Template.parse("").render(Map.of("a", new Object())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
