package io.weft.data.augment;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a model is asked for a paraphrase, and whether it is one; and how its answers are read. */
public final class ModelQuestions {
    private static final Pattern LABEL = Pattern.compile("(?i)^(?:(?:rewritten|paraphrased|new|other)?[ "
            + "]?(?:instruction|"
            + "version|paraphrase)|改写(?:后的?指令|后|如下|指令)?|指令|新指令)\\s*[:：]\\s*");
    private static final Pattern YES = Pattern.compile("^(?:yes\\b|是(?!否)|相同|一致|same\\b|true\\b).*"),
            QUOTES = Pattern.compile("^[\"“'「](.*)[\"”'」]$");

    private ModelQuestions() {}

    /** Asks for the instruction in other words, in its own language. */
    public static String paraphrase(String head) {
        return Agreement.isChinese(head) ? "用不同的说法改写下面的指令。意思、数字、专有名词和引号中的内容必须完全不变，仍用中文。"
                + "只输出改写后的一行指令，不要执行指令，不要解释。\n\n指令：" + head
                : "Rewrite the instruction below in other words. Its meaning, numbers, names and quoted text must stay "
                + "exactly the same, and so must its language. Answer with the rewritten instruction on one line and "
                + "nothing else; do not carry it out.\n\nInstruction: " + head;
    }

    /** Asks whether two instructions ask for the same. */
    public static String agreement(String head, String variant) {
        return Agreement.isChinese(head) ? "下面两条指令要求做的事情完全相同吗？只回答“是”或“否”。\n\n甲：" + head + "\n乙：" + variant
                : "Do these two instructions ask for exactly the same thing? Answer yes or no.\n\nA: " + head + "\nB: "
                + variant;
    }

    /** The paraphrase in an answer, without label and quotes around it; empty where it is not one line. */
    public static Optional<String> paraphraseIn(String answer, String head) {
        String line = LABEL.matcher(answer.strip()).replaceFirst("").strip();
        var quoted = QUOTES.matcher(line);
        boolean own = QUOTES.matcher(head).matches();
        String text = !own && quoted.matches() ? quoted.group(1).strip() : line;
        return text.isEmpty() || text.indexOf('\n') >= 0 ? Optional.empty() : Optional.of(text);
    }

    /** Whether an answer says yes; anything but a yes is a no. */
    public static boolean isYes(String answer) {
        return YES.matcher(answer.strip().toLowerCase(Locale.ROOT).replaceFirst("^[\"“*]+", "").split("\n", 2)[0])
                .matches();
    }
}
