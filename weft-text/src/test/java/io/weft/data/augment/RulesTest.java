package io.weft.data.augment;

import io.weft.data.Conversation;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.Text;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

final class RulesTest {
    private static final Place PLACE = new Place("f", 1);

    private static Optional<Instruction> instruction(String prompt) {
        return Instruction.of(Conversation.of(prompt, "the answer", PLACE));
    }

    private static List<String> variants(String prompt) {
        return Rules.of(instruction(prompt).orElseThrow()).stream().map(Variant::head).distinct().toList();
    }

    @Test void anOrderIsSaidPolitelyAsAQuestionAndWithAnotherVerb() {
        assertThat(variants("列出三种水果。")).containsExactly("请列出三种水果。", "请帮我列出三种水果。", "麻烦你列出三种水果。",
                "请你列出三种水果。", "你能列出三种水果吗？", "可以帮我列出三种水果吗？", "请列出三种水果", "列举三种水果。", "请列举三种水果。");
        assertThat(variants("请问如何做番茄炒蛋？")).contains("怎样做番茄炒蛋？", "我想知道，如何做番茄炒蛋？");
        assertThat(variants("Give three tips for staying healthy.")).containsExactly(
                "Please give three tips for staying healthy.", "I'd like you to give three tips for staying healthy.",
                "Could you give three tips for staying healthy?", "Can you please give three tips for staying healthy?",
                "Give three tips for staying healthy", "Provide three tips for staying healthy.",
                "Please provide three tips for staying healthy.");
        assertThat(variants("Could you explain why the sky is blue?")).contains("Explain why the sky is blue.",
                "Please explain why the sky is blue.");
        assertThat(variants("What is the capital of France?"))
                .contains("Please answer this question: What is the capital of France?");
    }

    @Test void onlyTheInstructionChangesAndNeverWhatItIsAbout() {
        Instruction translate = instruction("Translate into French: I love you.\n\n输出:").orElseThrow();
        assertThat(translate.head()).isEqualTo("Translate into French");
        assertThat(translate.with("Please translate into French").asked())
                .containsExactly(Message.user("Please translate into French: I love you.\n\n输出:"));
        assertThat(translate.with("x").answers()).containsExactly("the answer");
        assertThat(variants("Translate into French: I love you.")).noneMatch(head -> head.endsWith("?"));
        Preference pair = new Preference(List.of(Message.system("s"), Message.user("列出水果\n苹果")), "c", "r", PLACE);
        assertThat(Instruction.of(pair).orElseThrow().with("请列出水果")).isEqualTo(
                new Preference(List.of(Message.system("s"), Message.user("请列出水果\n苹果")), "c", "r", PLACE));
    }

    @Test void rowsWithoutAnInstructionHaveNone() {
        assertThat(Instruction.of(new Text("Write a poem.", PLACE))).isEmpty();
        assertThat(Instruction.of(new Labelled(List.of(Message.user("Write a poem.")), "spam", PLACE))).isEmpty();
        assertThat(instruction("x".repeat(400))).isEmpty();
        assertThat(variants("昨天我去了公园。")).isEmpty();
        assertThat(variants("My dog ate my homework.")).isEmpty();
        assertThat(variants("Write a poem. Make it rhyme.")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"列出三种水果。", "解释“内卷”是什么意思", "写一首关于《红楼梦》的诗。", "请把下面的句子翻译成英文：今天天气很好", "为什么天是蓝的？",
        "计算 12×7 的值", "Give three tips.", "Write a 100-word story about \"Alice\".", "Explain the word `static` in "
                + "Java.",
        "How do I boil an egg?", "Summarize the text.", "I want you to describe NASA."})
    void everyVariantOfARulePassesTheAgreementCheck(String prompt) {
        Instruction instruction = instruction(prompt).orElseThrow();
        assertThat(Rules.of(instruction)).isNotEmpty().allSatisfy(variant ->
                assertThat(Agreement.OF_RULES.refusal(instruction.head(), variant.head())).as(variant.head())
                .isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Give 3 tips for sleep. | Give 4 tips for sleep. | numbers", "列出三种水果 | 列出五种水果 | numbers",
        "Give three tips now. | Give five tips now. | numbers",
        "解释“内卷”的意思 | 解释“躺平”的意思 | quoted", "Use `map` in code here | Use `filter` in code here | quoted",
        "Tell me about Paris today | Tell me about London today | quoted", "用Java写一个排序程序 | 用Python写一个排序程序 | quoted",
        "Do not use lists here. | Do use lists here please. | denial", "写一段不含标点的话 | 写一段包含标点的话 | denial",
        "Write a short poem now. | 写一首短诗,现在就写 | language", "Write a poem | Write a poem | equal",
        "Write a poem about spring | Cook the rice in a pot now | far", "Write a poem | Write a poem about the sea, "
            + "the wind and all the ships that sail upon it every day of the year | length"})
    void whatAsksForSomethingElseIsRefusedByItsReason(String original, String variant, String reason) {
        assertThat(new Agreement(2, 0.35, 0.95).refusal(original, variant)).contains(reason);
    }

    @Test void aModelsAnswerIsReadAsOneLine() {
        assertThat(ModelQuestions.paraphraseIn(" 改写后的指令：「请写诗」 \n", "写诗")).contains("请写诗");
        assertThat(ModelQuestions.paraphraseIn("Instruction: \"Compose a poem.\"", "Write a poem."))
                .contains("Compose a poem.");
        assertThat(ModelQuestions.paraphraseIn("Sure!\nCompose a poem.", "Write a poem.")).isEmpty();
        assertThat(ModelQuestions.paraphraseIn("  ", "Write")).isEmpty();
        assertThat(List.of("Yes.", "yes, they do", "是", "**Yes**", "相同。").stream().filter(ModelQuestions::isYes))
                .hasSize(5);
        assertThat(List.of("No.", "否", "是否相同", "not the same", "", "I think yes").stream()
                .filter(ModelQuestions::isYes)).isEmpty();
    }
}
