package io.weft.page;

import io.weft.page.HtmlTemplate.Html;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HtmlTemplateTest {
    private static String filled(String template, Map<String, ?> values) {
        return HtmlTemplate.of(template).fill(values).markup();
    }

    @Test void whatFillsItIsEscapedWhereverItStands() {
        String hostile = "</p><script>alert(\"1\" & '2')</script>\u0000";
        assertThat(filled("<p title=\"{{ a }}\">{{ a }}{{ a }}</p>", Map.of("a", hostile))).isEqualTo(
                "<p title=\"%1$s\">%1$s%1$s</p>".formatted("&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot; &amp; "
                + "&#39;2&#39;)&lt;/script&gt;␀"));
        assertThat(filled("{% for e in l %}<b>{{ e.x }}</b>{% endfor %}{{ l[1].x ~ '<i>' }}",
                Map.of("l", List.of(Map.of("x", "<1>"), Map.of("x", "{{ 2 }}")))))
                .isEqualTo("<b>&lt;1&gt;</b><b>{{ 2 }}</b>{{ 2 }}<i>");
    }

    @Test void theTemplatesOwnMarkupAndHtmlStay() {
        assertThat(filled("<p>{{ a }} &amp; {{ b }}</p>", Map.of("a", new Html("<b>x</b>"), "b", "<b>")))
                .isEqualTo("<p><b>x</b> &amp; &lt;b&gt;</p>");
    }

    @Test void anEmptyTextIsFalseAndNumbersAreNumbers() {
        assertThat(filled("{% if a %}A{% endif %}{% if b %}B{% endif %}{{ n + 1 }}{% if not c %}C{% endif %}",
                Map.of("a", "", "b", "x", "n", 2, "c", false))).isEqualTo("B3C");
    }

    @Test void aPageMayBeLongerThanAnyTemplateMayWrite() {
        String long1 = "<".repeat(3_000_000);
        List<String> texts = IntStream.range(0, 5).mapToObj(i -> long1).toList();
        assertThat(filled("{% for t in texts %}{{ t }}{% endfor %}", Map.of("texts", texts))).hasSize(60_000_000);
    }
}
