package io.weft.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.PromptStyle;
import io.weft.file.JsonFile;
import io.weft.generate.Answer;
import io.weft.generate.Generator;
import io.weft.generate.Prompt;
import io.weft.generate.Sampling;
import io.weft.generate.TokenListener;
import io.weft.token.encode.ConversationEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Instructions that a model proposes itself: it is shown some rows with their answers, others each time, and asked what
 * the instruction was (APE's forward template, arXiv:2211.01910, table 1).
 */
final class Proposals {
    private static final int PAIRS = 5, LONGEST_PAIR = 400, TOGETHER = 8, LONGEST = 400;
    /** APE samples at 0.9. */
    private static final double TEMPERATURE = 0.9;
    private static final int TOKENS = 64;
    private static final long STREAM = 0x6173; // "as"
    private static final String ENGLISH = "I gave a friend an instruction. Based on the instruction they produced "
            + "the following input-output pairs:\n\n%s\n\nWhat was the instruction? Answer with the instruction alone.";
    private static final String CHINESE = "我给了朋友一条指令。他按照这条指令,对下面的输入给出了输出:\n\n%s\n\n"
            + "这条指令是什么?只回答指令本身。";
    private final Generator generator;
    private final PromptStyle style;
    private final Function<int[], String> answerText;
    private final int room;

    /** @param answerText what the ids of an answer say  @param room most tokens of a question */
    Proposals(Generator generator, PromptStyle style, Function<int[], String> answerText, int room) {
        this.generator = generator;
        this.style = style;
        this.answerText = answerText;
        this.room = room;
    }

    /** As many as the settings ask for, fewer where some say the same or nothing. */
    List<String> made(Trials trials) {
        int count = trials.settings().proposals();
        List<String> made = new ArrayList<>();
        for (int from = 0; from < count && !trials.rows().shown().isEmpty(); from += TOGETHER) {
            int first = from, together = Math.min(TOGETHER, count - from);
            JsonNode found = trials.remembered(Trials.PROPOSALS, first + " " + together, together,
                    () -> proposed(trials, first, together));
            found.forEach(each -> made.add(each.asText()));
        }
        return made.stream().filter(text -> !text.isBlank()).distinct().toList();
    }

    private ArrayNode proposed(Trials trials, int first, int count) {
        long seed = trials.settings().seed();
        Sampling sampling = new Sampling(TOKENS, TEMPERATURE, 1, 0, 0, 1, seed);
        List<Prompt> prompts = new ArrayList<>();
        for (int n = first; n < first + count; n++) {
            prompts.add(new Prompt(question(trials.encoder(""), trials.rows().shown(), seed, n), sampling, n));
        }
        ArrayNode texts = JsonFile.JSON.createArrayNode();
        for (Answer answer : generator.generate(prompts, TokenListener.NONE)) {
            texts.add(cleaned(answerText.apply(answer.ids())));
        }
        return texts;
    }

    private int[] question(ConversationEncoder encoder, List<Conversation> rows, long seed, int number) {
        int[] order = SearchRows.order(rows.size(), STREAM, seed, number);
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < Math.min(PAIRS, order.length); i++) {
            pairs.add(shortened(PromptParts.example(rows.get(order[i])), LONGEST_PAIR));
        }
        String all = String.join("\n\n", pairs);
        long han = all.codePoints().filter(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN).count();
        String question = (4 * han > all.length() ? CHINESE : ENGLISH).formatted(all);
        return encoder.encodePrompt(List.of(Message.user(style.takesSeveralTurns() ? question
                : style.build(question, ""))), room);
    }

    /** The first paragraph on one line, without quotation marks around it. */
    static String cleaned(String answer) {
        String paragraph = answer.strip().split("\n\\s*\n", 2)[0].lines().map(String::strip)
                .collect(Collectors.joining(" "));
        String bare = paragraph.replaceFirst("(?i)^(the )?instruction( was)?\\s*[::]\\s*", "")
                .replaceFirst("^[\"“「](.*)[\"”」]$", "$1").strip();
        return shortened(bare, LONGEST);
    }

    private static String shortened(String text, int most) {
        return text.codePointCount(0, text.length()) <= most ? text
                : text.substring(0, text.offsetByCodePoints(0, most)).strip();
    }
}
