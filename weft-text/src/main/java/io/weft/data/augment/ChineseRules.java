package io.weft.data.augment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chinese instructions: with and without 请, as a request and as a question, with another verb of the same meaning at
 * the head, 如何 and 怎样, the mark at the end. Only the first verb is looked at, never what it is about.
 */
final class ChineseRules {
    private static final Pattern POLITE = Pattern.compile("^(?:请问|请你?(?:帮我|为我|给我)?|麻烦你?|帮我)[，,]?");
    /** Verbs that begin an order, with one that says the same where there is one. */
    private static final Map<String, String> VERBS = new TreeMap<>(Map.ofEntries(Map.entry("列出", "列举"),
            Map.entry("列举", "列出"), Map.entry("解释", "说明"), Map.entry("说明", "解释"), Map.entry("撰写", "写"),
            Map.entry("编写", "撰写"), Map.entry("写", "撰写"), Map.entry("总结", "概括"), Map.entry("概括", "总结"),
            Map.entry("给出", "提供"), Map.entry("提供", "给出"), Map.entry("计算", "算出"), Map.entry("比较", "对比"),
            Map.entry("对比", "比较"), Map.entry("判断", "判定"), Map.entry("提取", "抽取"), Map.entry("改写", "重写"),
            Map.entry("描述", "描述一下"), Map.entry("介绍", "介绍一下"), Map.entry("分析", "分析一下"), Map.entry("翻译", ""),
            Map.entry("生成", ""), Map.entry("创建", ""), Map.entry("设计", ""), Map.entry("制定", ""), Map.entry("找出", ""),
            Map.entry("推荐", ""), Map.entry("回答", ""), Map.entry("分类", ""), Map.entry("识别", ""), Map.entry("将", ""),
            Map.entry("把", ""), Map.entry("根据", ""), Map.entry("用", ""), Map.entry("使用", ""), Map.entry("构建", ""),
            Map.entry("创作", ""), Map.entry("评价", ""), Map.entry("讨论", ""), Map.entry("阐述", "")));
    private static final Pattern HOW = Pattern.compile("^(如何|怎样|怎么)");
    private static final Pattern QUESTION = Pattern.compile("^(?:如何|怎样|怎么|什么是|为什么|为何|哪些|谁是|什么)");
    private static final Pattern END = Pattern.compile("[。.？?！!]$");

    private ChineseRules() {}

    /** @param open whether a colon follows, so that no mark can stand at the end */
    static List<Variant> of(String head, boolean open) {
        Matcher polite = POLITE.matcher(head);
        String order = polite.find() ? head.substring(polite.end()) : head;
        Matcher mark = END.matcher(order);
        String end = mark.find() ? mark.group() : "", bare = END.matcher(order).replaceFirst("");
        List<Variant> variants = new ArrayList<>();
        if (QUESTION.matcher(order).find()) {
            question(variants, bare, end, open);
        } else if (!end.equals("？") && !end.equals("?") && bare.indexOf('。') < 0 && bare.indexOf('？') < 0) {
            VERBS.keySet().stream().filter(bare::startsWith).max((a, b) -> a.length() - b.length())
                    .ifPresent(verb -> order(variants, bare, end, verb, open));
        }
        return variants;
    }

    private static void order(List<Variant> variants, String bare, String end, String verb, boolean open) {
        String plain = open ? "" : end;
        variants.add(new Variant("plain", bare + plain));
        for (String polite : List.of("请", "请帮我", "麻烦你", "请你")) {
            variants.add(new Variant("polite", polite + bare + plain));
        }
        if (!open) {
            variants.add(new Variant("question", "你能" + bare + "吗？"));
            variants.add(new Variant("question", "可以帮我" + bare + "吗？"));
            variants.add(new Variant("mark", end.isEmpty() ? "请" + bare + "。" : "请" + bare));
        }
        String other = VERBS.get(verb);
        if (!other.isEmpty() && !bare.startsWith(other)) {
            variants.add(new Variant("verb", other + bare.substring(verb.length()) + plain));
            variants.add(new Variant("verb", "请" + other + bare.substring(verb.length()) + plain));
        }
    }

    private static void question(List<Variant> variants, String bare, String end, boolean open) {
        String mark = open ? "" : end.isEmpty() ? "？" : end;
        variants.add(new Variant("polite", "请问" + bare + mark));
        variants.add(new Variant("polite", "我想知道，" + bare + mark));
        variants.add(new Variant("imperative", "请回答：" + bare + mark));
        Matcher how = HOW.matcher(bare);
        if (how.find()) {
            for (String other : List.of("如何", "怎样")) {
                variants.add(new Variant("how", other + bare.substring(how.end()) + mark));
            }
        }
    }
}
