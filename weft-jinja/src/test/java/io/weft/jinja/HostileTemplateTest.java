package io.weft.jinja;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Templates come from strangers: they must not reach out of the language, and must end within their budget. */
class HostileTemplateTest {
    private static final Map<String, Object> VARIABLES =
            Map.of("messages", List.of(Map.of("role", "user", "content", "hi")), "n", 1, "s", "abc");

    private static String render(String source) { return Template.parse(source).render(VARIABLES).text().toString(); }

    @ParameterizedTest
    @ValueSource(strings = {"''.__class__", "s.__class__", "s['__class__']", "messages.__class__",
            "messages[0].__class__", "n.__class__", "range.__globals__",
        "range.__class__", "namespace.__init__",
        "dict.__subclasses__", "self", "cycler", "lipsum", "joiner.__init__", "config", "request",
        "get_flashed_messages", "loop", "_",
        "s|attr('__class__')", "messages|attr('getClass')", "s.getClass", "s.class", "n.class", "messages.class",
        "s['class']", "s.chars", "s.runs", "messages.size",
        "messages[0].entrySet",
        "messages[0].clear", "messages.append", "messages[0].update", "(messages|map(attribute='__class__')|list)[0]",
        "namespace(a=1).__dict__", "range(3).__reduce__",
        "java", "T", "runtime",
        "s.encode", "s.format_map", "s.translate", "true.__class__", "none.__class__", "strftime_now.__globals__",
        "raise_exception.__globals__"})
    void noNameLeadsOutOfTheLanguage(String path) {
        assertThat(render("{{ " + path + " is undefined }}")).isEqualTo("True");
        assertThatThrownBy(() -> render("{{ (" + path + ").x }}")).isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> render("{{ (" + path + ")() }}")).isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ ''.__class__.__mro__[1].__subclasses__() }}",
            "{{ '{0.__class__.__init__.__globals__}'.format(s) }}", "{{ s.format.__self__.x }}",
        "{{ messages.append(1) }}",
        "{{ messages[0].update({'role': 'x'}) }}", "{{ messages.clear() }}", "{% set messages.x = 1 %}",
        "{{ ''|attr('__class__')|attr('__mro__') }}",
        "{{ s.getClass().forName('java.lang.Runtime') }}",
        "{{ 'java.lang.Runtime'|map('new')|list }}", "{% import 'os' as os %}", "{% include '/etc/passwd' %}",
        "{% extends '/etc/passwd' %}", "{{ range(3).stream().map() }}"})
    void escapesAreRefused(String source) {
        assertThatThrownBy(() -> render(source)).isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{{ range(999999999)|list }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% "
        + "endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ "
        + "ns.x|tojson }}",
        "{% set ns = namespace(x=(1,), y=(1,)) %}{% for i in range(60) %}{% set ns.x = (ns.x, ns.x) %}{% set ns.y = "
        + "(ns.y, ns.y) %}{% endfor %}{{ ns.x == ns.y }}",
        "{% set ns = namespace(x=(1,)) %}{% for i in range(60) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: "
        + "1} }}",
        "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}",
        "{% set b = 'a' * 1000000 %}{{ [b ~ 'x'] * 90000 == [b ~ 'x'] * 90000 }}",
        "{% set b = 'a' * 1000000 %}{{ ([b ~ 'x', b ~ 'y'] * 40000)|sort|length }}",
        "{% set b = 'a' * 1000000 %}{{ ([b ~ 'x', b ~ 'y'] * 40000)|unique|list }}",
        "{% set b = '🙂' * 1000000 %}{% for i in range(99999) %}{{ b[i] }}{% endfor %}",
        "{% for i in range(9999) %}{% set x = 'a' * 8000000 %}{% endfor %}",
        "{% for i in range(99999) %}{{ 'a' * 50000 }}{% endfor %}",
        "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
        "{% macro m() %}{% for i in range(9) %}{{ m() }}{% endfor %}{% endmacro %}{{ m() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{{ 2 ** 99999999 }}", "{{ 10 ** 4000 * 10 ** 4000 }}", "{{ 'x'|center(999999999) }}",
        "{{ '{:999999999}'.format(1) }}", "{{ '%999999999d' % 1 }}",
        "{{ '%.999999f' % 1.5 }}",
        "{{ 'a'|indent(999999999) }}", "{{ [1]|tojson(indent=999999999) }}", "{{ 'a'.zfill(999999999) }}",
        "{{ ('a,' * 4000000).split(',') }}", "{{ ('a' * 8000000)|list }}",
        "{{ ('<' * 8000000)|e }}", "{{ ('a' * 4000000).replace('', 'xx') }}", "{{ [[1] * 99999] * 99999 }}",
        "{{ ([range(99999)] * 99999)|map('list')|list }}",
        "{{ [1]|batch(999999999, 0)|list }}"})
    void whateverGrowsOrRunsOnIsStopped(String source) {
        assertThatThrownBy(() -> render(source)).isInstanceOfSatisfying(TemplateException.class,
                e -> assertThat(e.line()).isEqualTo(1));
    }

    @Test void deepSourcesAreRefusedNotOverflown() {
        for (var source : List.of("{{ " + "(".repeat(50_000) + "1" + ")".repeat(50_000) + " }}",
                "{{ " + "[".repeat(50_000) + "]".repeat(50_000) + " }}", "{{ " +
            "not ".repeat(50_000) + "1 }}",
                "{{ " + "-".repeat(50_000) + "1 }}", "{{ 1" + "|abs".repeat(50_000) + " }}",
                "{{ n" + ".a".repeat(50_000) + " }}", "{% if 1 %}".repeat(50_000) +
                "{% endif %}".repeat(50_000),
                "{{ 1" + " if 1 else 2".repeat(50_000) + " }}", "{{ 1" + " if 1".repeat(50_000) + " }}",
                "x".repeat(2_000_000))) {
            assertThatThrownBy(() -> render(source)).isInstanceOf(TemplateException.class);
        }
    }

    @Test void searchingLongRepeatsTakesLinearTime() {
        assertThat(render("{% set b = 'a' * 1000000 %}{% set c = 'a' * 500000 ~ 'b' %}{{ c in b }}{{ b.find(c) }}"
            + "{{ b.rfind('b' ~ 'a' * 500000) }}{{ b.split(c)|length }}")).isEqualTo("False-1-11");
        assertThat(render(
                "{{ ('x' * 300 ~ 'y').find('x' * 99 ~ 'y') }}{{ ('y' ~ 'x' * 300).rfind('y' ~ 'x' * 99) }}{{ ('x' * "
                + "300).rfind('x' * 99) }}")).isEqualTo("2010201");
    }

    /** Any damage to a template ends in a text or in the declared error, never in another one. */
    @Test void damagedTemplatesFailOnlyAsDeclared() {
        String whole = "{%- set ns = namespace(k=0) -%}{% macro show(m, deep=1) %}"
            + "{{ m.role | upper }}:{{ m['content'][1:-1] ~ '\\n' if m.content is string else m | tojson(indent=2) "
            + "}}{% endmacro %}"
            + "{% for m in messages if m.role != 'x' %}{% set ns.k = ns.k + loop.index0 * 2 ** 3 // 1 %}{{ show(m, "
            + "deep=[1, {'a': (2, 3.5)}][0]) }}"
            + "{% generation %}{{ m.content.split('i')[-1] }}"
            + "{% endgeneration %}{% else %}none{% endfor %}{# end #}{{ '%05.1f|{:>8}' % ns.k }}"
            + "{% filter trim %} {{ s.replace('a', 'b') }} {% endfilter %}{% raw %}{{ }}{% endraw %}";
        assertThat(render(whole)).contains("USER:", "bbc", "{{ }}");
        var random = new Random(7);
        int failed = 0;
        for (int i = 0; i < 3000; i++) {
            var source = new StringBuilder(whole);
            for (int k = random.nextInt(3); k >= 0; k--) {
                int from = random.nextInt(source.length()), to = Math.min(source.length(), from + random.nextInt(9)),
                        other = random.nextInt(whole.length() - 9);
                source.replace(from, to, whole.substring(other, other + random.nextInt(9)));
            }
            try {
                render(source.toString());
            } catch (TemplateException e) {
                assertThat(e.line()).isEqualTo(1);
                failed++;
            }
        }
        assertThat(failed).isBetween(500, 2999);
    }
}
