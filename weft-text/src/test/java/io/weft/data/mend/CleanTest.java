package io.weft.data.mend;

import io.weft.data.Conversation;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.problem.Language;
import io.weft.settings.Node;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CleanTest {
    private static final Clean ALL = new Clean(true, true, true, true, Width.LETTERS, UnicodeForm.NFC, List.of());

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @Test void controlAndInvisibleCharactersGoAndJoinersStay() {
        assertThat(answer(new Clean(), "a\u0007b\u200bc\ufeff\td\r\n\u0085e")).isEqualTo("abc\td\r\ne");
        String family = "\ud83d\udc68\u200d\ud83d\udc69", persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645";
        assertThat(new Clean().open().mend(row("q", family + persian))).isEqualTo(Mended.same(row("q",
                family + persian)));
        assertThat(new Clean().open().mend(row("a\u0000", "b\u200b")).what()).containsExactly("control", "invisible");
    }

    @Test void aRowOfWhichATextIsBlankAfterwardsIsDropped() {
        assertThat(new Clean().open().mend(row("q", "\u200b\u200b"))).isEqualTo(Mended.dropped("blank"));
    }

    @Test void closedTagsAndReferencesGo() {
        assertThat(answer(ALL, "<p>One <b>bold</b> word.</p><p>Two&nbsp;&amp; three<br/>four</p><!-- x -->"))
                .isEqualTo("One bold word.\nTwo & three\nfour");
        assertThat(answer(ALL, "<ul><li class=\"a\">甲</li><li>乙</li></ul>&#20013;&#x6587;")).isEqualTo("甲\n乙\n中文");
        assertThat(answer(ALL, "<a href=\"http://x.y/?a=1&b=2\">link</a> &unknown; &copy;")).isEqualTo(
                "link &unknown; \u00a9");
    }

    @Test void codeAndRowsAboutMarkupStay() {
        for (String text : List.of("Use `<b>x</b>` so.", "```\n<p>a</p>\nif (a &lt; b)\n```\nend",
                "List<String> a = new ArrayList<>(); if (a<b && c>d)", "vector<int> v; map<a,b> m;",
                "The <p> opens.", "a < b and c > d", "x &y; z&&w;", "<think>so</think>", "<|im_start|>user",
                "#include <stdio.h>\n#include <a>")) {
            assertThat(answer(ALL, text)).isEqualTo(text);
        }
        assertThat(ALL.open().mend(row("Write a HTML page", "<p>a</p>"))).isEqualTo(Mended.same(row("Write a HTML page",
                "<p>a</p>")));
        assertThat(ALL.open().mend(row("这个标签是什么", "<b>a</b>")).what()).isEmpty();
    }

    @Test void widthGoesInTheDirectionThatIsAsked() {
        String text = "ＡＢＣ１２３，你好！　Ｗｅｆｔ ｶﾞｲﾄﾞ";
        assertThat(Width.LETTERS.of(text)).isEqualTo("ABC123，你好！　Weft ガイド");
        assertThat(Width.HALF.of(text)).isEqualTo("ABC123,你好! Weft ガイド");
        assertThat(Width.CHINESE.of("你好,世界!\n价格:3,000元;a,b 见1:2")).isEqualTo("你好，世界！\n价格:3,000元;a,b 见1:2");
        assertThat(Width.KEEP.of(text)).isEqualTo(text);
    }

    @Test void mojibakeIsReadAgainWhereItIsCertain() {
        for (String written : List.of("caf\u00e9", "na\u00efve r\u00e9sum\u00e9", "It\u2019s \u201cgood\u201d", "中文测试",
                "Привет, мир", "日本語のテキスト", "20 \u00b0C")) {
            for (Charset wrong : List.of(Charset.forName("windows-1252"), StandardCharsets.ISO_8859_1)) {
                String read = read(written, wrong);
                if (read.indexOf('\ufffd') < 0) {
                    assertThat(Mojibake.mended(read)).as(written + " by " + wrong).isEqualTo(written);
                }
            }
        }
        for (String written : List.of("你好世界", "今天的天气很好，我们去公园。", "机器学习模型")) {
            String read = read(written, Charset.forName("GBK"));
            if (read.indexOf('\ufffd') < 0) {
                assertThat(Mojibake.mended(read)).as(written).isEqualTo(written);
            }
        }
        assertThat(Mojibake.mended("浣犲ソ")).isEqualTo("你好");
    }

    @Test void textThatIsNoMojibakeStays() {
        for (String text : List.of("caf\u00e9", "\u00abCAF\u00c9\u00bb", "S\u00c3O PAULO", "\u201c\u00c5\u201d", "你好世界",
                "联通", "浣熊", "Stra\u00dfe \u00fcber", "\u00c9\u00bb", "FR\u00c5\u201d", "犬夜叉", "饕餮", "㐂",
                "caf\u00c3\u00a9 和中文")) {
            assertThat(Mojibake.mended(text)).isEqualTo(text);
        }
    }

    @Test void theUsersExpressionsRunOneAfterTheOther() {
        Map<String, String> written = new LinkedHashMap<>();
        written.put("\\s+$", "");
        written.put("(\\d+) 元", "¥$1");
        Object read = new Replacements().read(Node.of(written)).orElseThrow();
        assertThat(new Replacements().written(read)).isEqualTo(written);
        @SuppressWarnings("unchecked") List<Replacement> replace = (List<Replacement>) read;
        Clean clean = new Clean(false, false, false, false, Width.KEEP, UnicodeForm.KEEP, replace);
        assertThat(answer(clean, "12 元  ")).isEqualTo("¥12");
        assertThat(new Replacements().parse("a+ => b")).contains(List.of(new Replacement("a+", "b")));
    }

    @Test void aBrokenExpressionIsToldWithThePlaceInIt() {
        Node broken = Node.of(Map.of("a(b", "x"));
        assertThat(new Replacements().read(broken)).isEmpty();
        assertThat(new Replacements().hint(broken)).contains("'a(b' at character 4: Unclosed group");
        Node group = Node.of(Map.of("a(b)", "$2"));
        assertThat(new Replacements().read(group)).isEmpty();
        assertThat(new Replacements().hint(group)).contains("'a(b)': the replacement '$2' names a group that is not "
                + "there");
    }

    private static String read(String written, Charset wrong) {
        return new String(written.getBytes(StandardCharsets.UTF_8), wrong);
    }

    private static Sample row(String asked, String answer) { return Conversation.of(asked, answer, new Place("f", 1)); }

    private static String answer(Clean clean, String answer) {
        return clean.open().mend(row("q", answer)).sample().orElseThrow().answers().get(0);
    }
}
