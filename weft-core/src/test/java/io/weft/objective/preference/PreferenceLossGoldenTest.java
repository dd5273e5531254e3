package io.weft.objective.preference;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Sample;
import io.weft.golden.Golden;
import io.weft.model.GoldenRows;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.objective.BlockWalk;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.objective.Recompute;
import io.weft.objective.StepContext;
import io.weft.objective.Targets;
import io.weft.settings.Section;
import io.weft.settings.Word;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.AdapterFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The losses and metrics of one batch as TRL computes them, given its log-probabilities and given the model. */
class PreferenceLossGoldenTest {
    private static final double FORMULA = 1e-5, MODEL = 5e-5, LIKELIHOODS = 1e-3;

    /** An objective, what its loss is, and what its metrics are. */
    private record Wanted(PairObjective objective, double loss, Map<String, Double> metrics) {}

    @Test void theLossesOfPairsAgree() {
        int ran = 0;
        for (Path folder : Golden.folders("train", "golden.json")) {
            JsonNode golden = Golden.json(folder.resolve("golden.json"));
            if (golden.has("pairs")) {
                for (Wanted wanted : wanted(golden)) {
                    given(golden, wanted);
                    through(folder, golden, wanted);
                    ran++;
                }
            }
        }
        assumeTrue(ran > 0, "no losses of pairs in this set");
        Golden.ran("preference losses", ran);
    }

    /** Every loss that the file holds. */
    private static List<Wanted> wanted(JsonNode golden) {
        List<Wanted> all = new ArrayList<>();
        JsonNode family = golden.path("dpo_family");
        family.properties().forEach(entry -> loss(entry.getKey()).ifPresent(loss -> all.add(new Wanted(
                new Dpo(family.path("beta").asDouble(), loss, 0.1, false), entry.getValue().asDouble(), Map.of()))));
        assertThat(all).hasSize(family.size() - 1);   // all but beta
        JsonNode orpo = golden.path("orpo"), simpo = golden.path("simpo"), cpo = golden.path("cpo");
        if (orpo.has("loss")) {
            Map<String, Double> metrics = new HashMap<>();
            for (String name : List.of("nll_loss", "log_odds_ratio", "log_odds_chosen")) {
                metrics.put(name, orpo.path(name).asDouble());
            }
            all.add(new Wanted(new Orpo(orpo.path("beta").asDouble()), orpo.path("loss").asDouble(), metrics));
        }
        if (simpo.has("loss")) {
            all.add(new Wanted(new SimPo(simpo.path("beta").asDouble(), simpo.path("gamma").asDouble()),
                    simpo.path("loss").asDouble(), Map.of()));
        }
        if (cpo.has("preference_loss")) {
            double beta = cpo.path("beta").asDouble();
            all.add(new Wanted(new Cpo(beta, 0), cpo.path("preference_loss").asDouble(), Map.of()));
            all.add(new Wanted(new Cpo(beta, 1), cpo.path("loss_alpha_1").asDouble(),
                    Map.of("nll_loss", cpo.path("nll_completion_tokens").asDouble())));
        }
        return all;
    }

    /** "ipo_length_normalised" is IPO, "label_smoothed_robust_0_1" the robust one. */
    private static Optional<DpoLoss> loss(String name) {
        return Arrays.stream(DpoLoss.values()).filter(loss -> name.contains(loss.name().toLowerCase())
                || Word.named(DpoLoss.class, name).filter(loss::equals).isPresent()).findFirst();
    }

    /** Given the log-probability of each whole answer, its tokens alike: first the chosen ones, then the rejected. */
    private static void given(JsonNode golden, Wanted wanted) {
        if (wanted.objective().wantsPrompt(0)) {
            return;   // of the prompts' tokens the file says nothing
        }
        int pairs = golden.path("pairs").size();
        int[] order = IntStream.range(0, 2 * pairs).map(n -> n % 2 * pairs + n / 2).toArray();
        Targets targets = spread(golden, golden, order, IntStream.range(0, 2 * pairs).map(n -> n / 2).toArray(),
                new double[2 * pairs]);
        assertThat(wanted.objective().loss(targets).mean()).as("%s", wanted.objective())
                .isCloseTo(wanted.loss(), within(FORMULA * (1 + wanted.loss())));
    }

    private static Targets spread(JsonNode golden, JsonNode part, int[] order, int[] rows, double[] values) {
        int[] documents = IntStream.range(0, order.length).flatMap(n -> IntStream.generate(() -> n)
                .limit(golden.path("completion_tokens").path(order[n]).asInt())).toArray();
        float[][] each = new float[2][documents.length];
        for (int i = 0; i < documents.length; i++) {
            int n = order[documents[i]];
            double length = golden.path("completion_tokens").path(n).asDouble();
            each[0][i] = (float) (part.path("policy_logps").path(n).asDouble() / length);
            each[1][i] = (float) (part.path("ref_logps").path(n).asDouble() / length);
        }
        return new Targets(each[0], documents, rows, each[1], values);
    }

    private static void through(Path folder, JsonNode golden, Wanted wanted) {
        Scope.run(() -> {
            int pairs = golden.path("pairs").size();
            LossSum sum = new BlockWalk(model(folder), Recompute.NEVER).loss(pairs(golden.path("pairs")), 3,
                    wanted.objective());
            assertThat(sum.mean()).as("%s", wanted.objective())
                    .isCloseTo(wanted.loss(), within(MODEL * (1 + wanted.loss())));
            assertThat(sum.count()).isEqualTo(pairs);
            wanted.metrics().forEach((name, value) -> assertThat(sum.means().get(name)).as(name)
                    .isCloseTo(value, within(MODEL * (1 + Math.abs(value)))));
            boolean ofTokens = wanted.objective().told(new PairObjective.Answer(-6, 0, 2)) == -3;
            for (String name : List.of("chosen", "rejected")) {
                int from = name.equals("chosen") ? 0 : pairs;
                double expected = IntStream.range(from, from + pairs).mapToDouble(i ->
                        golden.path("policy_logps").path(i).asDouble()
                        / (ofTokens ? golden.path("completion_tokens").path(i).asInt() : 1)).average().orElseThrow();
                assertThat(sum.means().get("logps/" + name)).as(name).isCloseTo(expected, within(LIKELIHOODS));
            }
        });
    }

    @Test void theLossesOfJudgedAnswersAgree() {
        int ran = 0;
        for (Path folder : Golden.folders("train", "golden.json")) {
            JsonNode golden = Golden.json(folder.resolve("golden.json")), kto = golden.path("kto");
            if (kto.has("per_example")) {
                judged(folder, golden, kto);
                ran++;
            }
        }
        assumeTrue(ran > 0, "no losses of judged answers in this set");
        Golden.ran("losses of judged answers", ran);
    }

    private static void judged(Path folder, JsonNode golden, JsonNode kto) {
        var objective = new Kto(kto.path("beta").asDouble(), kto.path("desirable_weight").asDouble(),
                kto.path("undesirable_weight").asDouble());
        Scope.run(() -> {
            Map<String, Tensor> batch = SafeTensors.open(folder.resolve("batch.safetensors")).readAll();
            List<ExampleGroup> groups = judgedRows(batch);
            double[] labels = groups.stream().mapToDouble(group -> group.value(0)).toArray();
            int rows = labels.length;
            Targets given = spread(golden, kto, IntStream.range(0, rows).toArray(), IntStream.range(0, rows).toArray(),
                    labels);
            assertThat(objective.loss(given).mean()).isCloseTo(kto.path("loss").asDouble(), within(FORMULA));
            for (int row = 0; row < rows; row++) {
                Targets one = new Targets(new float[] {(float) kto.path("policy_logps").path(row).asDouble()},
                        new int[1], new int[1], new float[] {(float) kto.path("ref_logps").path(row).asDouble()},
                        new double[] {labels[row]});
                assertThat(objective.loss(one).total()).isCloseTo(kto.path("per_example").path(row).asDouble(),
                        within(FORMULA));
            }
            assertThat(new Kto.OfStep(objective, 5, 1, 1).loss(given).mean())
                    .isCloseTo(kto.path("loss_if_kl_were_5").asDouble(), within(FORMULA));

            var walk = new BlockWalk(model(folder), Recompute.NEVER);
            for (int size : new int[] {1, 3, rows}) {
                LossSum sum = walk.loss(groups, size, objective);
                assertThat(sum.mean()).isCloseTo(kto.path("loss").asDouble(), within(MODEL));
                assertThat(sum.means().get("kl")).isCloseTo(kto.path("kl").asDouble(), within(MODEL));
                double[] before = new double[1];
                walk.loss(groups, size, new Looking(objective, before));
                assertThat(before[0]).isCloseTo(kto.path("kl_before_clamp").asDouble(), within(LIKELIHOODS));
            }
        });
    }

    private static List<ExampleGroup> judgedRows(Map<String, Tensor> batch) {
        int rows = (int) batch.get("kto.input_ids").shape()[0], width = (int) batch.get("kto.input_ids").shape()[1];
        int[] ids = batch.get("kto.input_ids").toInts(), there = batch.get("kto.attention_mask").toInts(),
                answer = batch.get("kto.completion_mask").toInts(), labels = batch.get("kto.label").toInts();
        return IntStream.range(0, rows).mapToObj(row -> {
            int[] places = IntStream.range(row * width, (row + 1) * width).filter(i -> there[i] == 1).toArray();
            boolean[] trained = new boolean[places.length];
            for (int i = 0; i < places.length; i++) {
                trained[i] = answer[places[i]] == 1;
            }
            return new ExampleGroup(List.of(new Example(Arrays.stream(places).map(i -> ids[i]).toArray(), trained)),
                    new double[] {labels[row] == 1 ? 1 : -1});
        }).toList();
    }

    /** Keeps what the reference point is before it is held above 0. */
    private record Looking(Kto kto, double[] before) implements Objective {
        @Override public Section<Kto> section() { return kto.section(); }

        @Override public Set<Class<? extends Sample>> eats() { return kto.eats(); }

        @Override public boolean wantsReference() { return true; }

        @Override public Step prepare(Step step, StepContext context) {
            before[0] = MismatchedRows.of(step.microBatches()).meanGain(context);
            return kto.prepare(step, context);
        }

        @Override public LossSum loss(Targets targets) { return kto.loss(targets); }

        @Override public float[] gradient(Targets targets) { return kto.gradient(targets); }
    }

    private static CausalLm model(Path folder) {
        String base = Golden.json(folder.resolve("adapter/adapter_config.json")).path("base_model_name_or_path")
                .asText();
        CausalLm model = ModelFolder.open(Golden.at(base)).load();
        AdapterFolder.attach(model, folder.resolve("adapter"));
        return model;
    }

    private static List<ExampleGroup> pairs(JsonNode rows) {
        return StreamSupport.stream(rows.spliterator(), false).map(GoldenRows::pair).toList();
    }
}
