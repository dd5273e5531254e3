package io.weft.metric;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.golden.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Numbers of rouge_score, NLTK, sacrebleu, evaluate and scikit-learn. Tolerances as the golden data states them: 1e-9,
 * BLEU scores 1e-6, counts and tokens exact.
 */
class MetricGoldenTest {
    private static final double CLOSE = 1e-9;
    private static final double BLEU = 1e-6;
    private final JsonNode golden = Golden.json("metrics/golden.json");
    private final List<String> englishPredictions = texts(golden.at("/en"), "prediction");
    private final List<String> englishReferences = texts(golden.at("/en"), "reference");
    private final List<String> chinesePredictions = texts(golden.at("/zh"), "prediction");
    private final List<String> chineseReferences = texts(golden.at("/zh"), "reference");
    private int cases;

    @Test void rougeIsThatOfRougeScore() {
        rouge("en_no_stemmer", RougeTokens.ENGLISH, englishPredictions, englishReferences);
        rouge("en_porter", RougeTokens.ENGLISH_STEMMED, englishPredictions, englishReferences);
        rouge("zh_char", RougeTokens.CHINESE, chinesePredictions, chineseReferences);
        same(golden.at("/rouge/zh_with_english_tokenizer_mean"),
                Rouge.corpus(chinesePredictions, chineseReferences, RougeTokens.ENGLISH));
        Golden.ran("metrics/rouge", cases);
    }

    @Test void stemsAreThoseOfNltk() {
        golden.at("/porter_stems").properties().forEach(word -> {
            assertThat(PorterStemmer.stem(word.getKey())).as(word.getKey()).isEqualTo(word.getValue().asText());
            cases++;
        });
        Golden.ran("metrics/porter_stems", cases);
    }

    @Test void bleuIsThatOfSacrebleu() {
        JsonNode bleu = golden.at("/sacrebleu");
        same(bleu.at("/en_13a"), Bleu.corpus(englishPredictions, englishReferences, BleuTokens.V13A));
        same(bleu.at("/en_13a_lowercase"), Bleu.corpus(lower(englishPredictions), lower(englishReferences),
                BleuTokens.V13A));
        same(bleu.at("/en_none"), Bleu.corpus(englishPredictions, englishReferences, BleuTokens.NONE));
        same(bleu.at("/zh_zh"), Bleu.corpus(chinesePredictions, chineseReferences, BleuTokens.ZH));
        same(bleu.at("/zh_char"), Bleu.corpus(chinesePredictions, chineseReferences, BleuTokens.CHARACTERS));
        sentences(bleu.at("/en_sentence_13a"), englishPredictions, englishReferences, BleuTokens.V13A);
        sentences(bleu.at("/zh_sentence_zh"), chinesePredictions, chineseReferences, BleuTokens.ZH);
        tokens(bleu.at("/tokenised_13a"), englishPredictions, englishReferences, BleuTokens.V13A);
        tokens(bleu.at("/tokenised_zh"), chinesePredictions, chineseReferences, BleuTokens.ZH);
        List<List<String>> twoReferences = new ArrayList<>();
        int pairs = Math.min(10, englishPredictions.size() - 1);   // what the set's maker takes
        for (int i = 0; i < pairs; i++) {
            twoReferences.add(List.of(englishReferences.get(i), englishPredictions.get(i + 1)));
        }
        same(bleu.at("/two_references"), Bleu.corpusOfMany(englishPredictions.subList(0, pairs), twoReferences,
                BleuTokens.V13A));
        Golden.ran("metrics/sacrebleu", cases);
    }

    @Test void chrfIsThatOfSacrebleu() {
        assertThat(Chrf.corpus(englishPredictions, englishReferences))
                .isCloseTo(golden.at("/sacrebleu/chrf_en").asDouble(), within(BLEU));
        assertThat(Chrf.corpus(chinesePredictions, chineseReferences))
                .isCloseTo(golden.at("/sacrebleu/chrf_zh").asDouble(), within(BLEU));
        assertThat(Chrf.plusPlus(englishPredictions, englishReferences))
                .isCloseTo(golden.at("/sacrebleu/chrfpp_en").asDouble(), within(BLEU));
        Golden.ran("metrics/chrf", 3);
    }

    @Test void bleuIsThatOfEvaluate() {
        evaluate("en", englishPredictions, englishReferences, BleuTokens.V13A::tokens, false);
        evaluate("en_smooth", englishPredictions, englishReferences, BleuTokens.V13A::tokens, true);
        evaluate("zh_13a", chinesePredictions, chineseReferences, BleuTokens.V13A::tokens, false);
        evaluate("zh_char", chinesePredictions, chineseReferences, RougeTokens.CHINESE::tokens, false);
        Golden.ran("metrics/evaluate_bleu", cases);
    }

    @Test void bleuIsThatOfNltk() {
        Map<String, NltkBleu.Smoothing> smoothings = Map.of("none", NltkBleu.Smoothing.NONE, "method1",
                NltkBleu.Smoothing.METHOD_1, "method2", NltkBleu.Smoothing.METHOD_2,
                "method3", NltkBleu.Smoothing.METHOD_3, "method4", NltkBleu.Smoothing.METHOD_4, "method7",
                NltkBleu.Smoothing.METHOD_7);
        golden.at("/nltk/sentence").properties().forEach(method -> {
            if (smoothings.containsKey(method.getKey())) {
                nltk(method.getValue(), englishPredictions, englishReferences, BleuTokens.NONE::tokens,
                        smoothings.get(method.getKey()));
            } else {
                Golden.skipped("metrics/nltk " + method.getKey(), "not a smoothing that Weft knows");
            }
        });
        nltk(golden.at("/nltk/sentence_zh_char_method1"), chinesePredictions, chineseReferences, BleuTokens::characters,
                NltkBleu.Smoothing.METHOD_1);
        double corpus = NltkBleu.corpus(englishPredictions.stream().map(BleuTokens.NONE::tokens).toList(),
                englishReferences.stream().map(BleuTokens.NONE::tokens).toList());
        assertThat(corpus).isCloseTo(golden.at("/nltk/corpus").asDouble(), within(CLOSE));
        Golden.ran("metrics/nltk", cases + 1);
    }

    @Test void classificationIsThatOfScikitLearn() {
        for (JsonNode set : golden.at("/classification")) {
            List<String> expected = values(set.at("/y_true"));
            List<String> predicted = values(set.at("/y_pred"));
            Classification found = Classification.of(predicted, expected);
            assertThat(LabelSet.of(expected).orElseThrow().score(predicted, expected)).isEqualTo(found);
            assertThat(found.accuracy()).isCloseTo(set.at("/accuracy").asDouble(), within(CLOSE));
            same(set.at("/macro"), "f1", found.macro());
            same(set.at("/weighted"), "f1", found.weighted());
            same(set.at("/micro"), "f1", found.micro());
            List<Classification.Label> labels = List.copyOf(found.labels().values());
            for (int i = 0; i < labels.size(); i++) {
                JsonNode one = set.at("/per_class");
                assertThat(labels.get(i).score().precision())
                        .isCloseTo(one.at("/precision/" + i).asDouble(), within(CLOSE));
                assertThat(labels.get(i).score().recall()).isCloseTo(one.at("/recall/" + i).asDouble(), within(CLOSE));
                assertThat(labels.get(i).score().f1()).isCloseTo(one.at("/f1/" + i).asDouble(), within(CLOSE));
                assertThat(labels.get(i).support()).isEqualTo((int) set.at("/report/" + i + "/support").asDouble());
            }
            if (set.has("binary")) {
                same(set.at("/binary"), "f1", labels.get(1).score());
            }
            cases++;
        }
        Golden.ran("metrics/classification", cases);
    }

    private void rouge(String group, RougeTokens cut, List<String> predictions, List<String> references) {
        JsonNode expected = golden.at("/rouge/" + group);
        for (int i = 0; i < predictions.size(); i++) {
            JsonNode row = expected.at("/rows/" + i);
            assertThat(cut.tokens(predictions.get(i))).isEqualTo(values(row.at("/pred_tokens")));
            assertThat(cut.tokens(references.get(i))).isEqualTo(values(row.at("/ref_tokens")));
            same(row, Rouge.of(predictions.get(i), references.get(i), cut));
        }
        same(expected.at("/mean"), Rouge.corpus(predictions, references, cut));
    }

    private void same(JsonNode expected, Rouge found) {
        same(expected.at("/rouge1"), "fmeasure", found.rouge1());
        same(expected.at("/rouge2"), "fmeasure", found.rouge2());
        same(expected.at("/rougeL"), "fmeasure", found.rougeL());
        same(expected.at("/rougeLsum"), "fmeasure", found.rougeLsum());
        cases++;
    }

    private static void same(JsonNode expected, String f1, PrecisionRecall found) {
        assertThat(found.precision()).isCloseTo(expected.at("/precision").asDouble(), within(CLOSE));
        assertThat(found.recall()).isCloseTo(expected.at("/recall").asDouble(), within(CLOSE));
        assertThat(found.f1()).isCloseTo(expected.at("/" + f1).asDouble(), within(CLOSE));
    }

    private void same(JsonNode expected, Bleu found) {
        assertThat(found.score()).isCloseTo(expected.at("/score").asDouble(), within(BLEU));
        assertThat(found.brevityPenalty()).isCloseTo(expected.at("/bp").asDouble(), within(CLOSE));
        assertThat(found.predictionLength()).isEqualTo(expected.at("/sys_len").asInt());
        assertThat(found.referenceLength()).isEqualTo(expected.at("/ref_len").asInt());
        for (int n = 0; n < 4; n++) {
            assertThat(found.precisions().get(n)).isCloseTo(expected.at("/precisions/" + n).asDouble(), within(CLOSE));
            assertThat(found.matches().get(n)).isEqualTo(expected.at("/counts/" + n).asInt());
            assertThat(found.totals().get(n)).isEqualTo(expected.at("/totals/" + n).asInt());
        }
        cases++;
    }

    private void sentences(JsonNode expected, List<String> predictions, List<String> references, BleuTokens cut) {
        for (int i = 0; i < predictions.size(); i++) {
            same(expected.get(i), Bleu.sentence(predictions.get(i), List.of(references.get(i)), cut));
        }
    }

    private void tokens(JsonNode expected, List<String> predictions, List<String> references, BleuTokens cut) {
        for (int i = 0; i < predictions.size(); i++) {
            assertThat(String.join(" ", cut.tokens(predictions.get(i)))).isEqualTo(expected.get(i).get(0).asText());
            assertThat(String.join(" ", cut.tokens(references.get(i)))).isEqualTo(expected.get(i).get(1).asText());
            cases++;
        }
    }

    private void evaluate(String name,
            List<String> predictions, List<String> references, Function<String, List<String>> tokens, boolean smooth) {
        JsonNode expected = golden.at("/evaluate_bleu/" + name);
        EvaluateBleu found = EvaluateBleu.corpus(predictions, references, tokens, smooth);
        assertThat(found.bleu()).isCloseTo(expected.at("/bleu").asDouble(), within(CLOSE));
        assertThat(found.brevityPenalty()).isCloseTo(expected.at("/brevity_penalty").asDouble(), within(CLOSE));
        assertThat(found.lengthRatio()).isCloseTo(expected.at("/length_ratio").asDouble(), within(CLOSE));
        assertThat(found.predictionLength()).isEqualTo(expected.at("/translation_length").asInt());
        assertThat(found.referenceLength()).isEqualTo(expected.at("/reference_length").asInt());
        for (int n = 0; n < 4; n++) {
            assertThat(found.precisions().get(n)).isCloseTo(expected.at("/precisions/" + n).asDouble(), within(CLOSE));
        }
        cases++;
    }

    private void nltk(JsonNode expected,
            List<String> predictions, List<String> references, Function<String, List<String>> tokens,
            NltkBleu.Smoothing smoothing) {
        for (int i = 0; i < predictions.size(); i++) {
            if (!expected.get(i).isNull()) {
                assertThat(NltkBleu.sentence(tokens.apply(predictions.get(i)), tokens.apply(references.get(i)),
                        smoothing))
                        .as("%s row %d", smoothing, i).isCloseTo(expected.get(i).asDouble(), within(CLOSE));
                cases++;
            }
        }
    }

    private static List<String> lower(List<String> texts) {
        return texts.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
    }

    private static List<String> texts(JsonNode rows, String field) {
        List<String> texts = new ArrayList<>();
        rows.forEach(row -> texts.add(row.get(field).asText()));
        return texts;
    }

    private static List<String> values(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asText()));
        return values;
    }
}
