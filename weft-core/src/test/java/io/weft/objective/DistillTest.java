package io.weft.objective;

import io.weft.TinyRun;
import io.weft.data.Batch;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.model.TinyModels;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.objective.Distill.Divergence;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.TargetNames;
import io.weft.tune.Tunings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What a teacher adds to a loss, against plain loops over whole vocabularies in double precision. */
class DistillTest {
    private static final int VOCABULARY = 400;
    private static final Batch BATCH = Batch.of(List.of(TinyModels.example(9, 4), TinyModels.example(12, 7),
            TinyModels.example(7, 2)));
    @TempDir Path folder;
    private Path base, teacher;

    @BeforeEach void makeModels() {
        base = TinyRun.base(folder.resolve("base"), DType.F32);
        teacher = TinyRun.base(folder.resolve("teacher"), DType.F32);
        Scope.run(() -> {
            CausalLm other = ModelFolder.open(teacher).initialise(5);
            ModelFolder.open(teacher).write(other, teacher, DType.F32);
        });
    }

    private Objective distill(double weight, Divergence divergence, int candidates, double temperature) {
        return new Distill(teacher.toString(), weight, divergence, candidates, temperature)
                .beside(ModelFolder.open(base));
    }

    private CausalLm student() {
        CausalLm model = ModelFolder.open(base).load();
        new Lora(2, 4, 0, List.of(TargetNames.ALL_LINEAR)).attach(model, 3);
        model.tuned().forEach((name, tensor) ->
                tensor.copyFrom(RandomStream.of(name.hashCode()).normal(0.1, tensor.shape())));
        return model;
    }

    @ParameterizedTest @EnumSource(Divergence.class)
    void theLossIsThatOfAPlainLoop(Divergence divergence) {
        Scope.run(() -> {
            CausalLm student = student(), other = ModelFolder.open(teacher).load();
            double[][] own = logits(student), its = logits(other);
            int[] targets = IntStream.range(0, BATCH.tokens()).filter(i -> BATCH.targets()[i] != Batch.NONE).toArray();
            double likelihood = 0;
            for (int place : targets) {
                likelihood -= logSoftmax(own[place], 1)[BATCH.targets()[place]];
            }
            double all = 0;
            for (int candidates : new int[] {VOCABULARY - 1, 4096, 7, 1}) {
                for (double temperature : new double[] {1, 2.5}) {
                    double expected = 0;
                    for (int place : targets) {
                        expected += divergence(divergence, logSoftmax(its[place], temperature),
                                logSoftmax(own[place], temperature), Math.min(candidates, VOCABULARY - 1));
                    }
                    LossSum sum = new BlockWalk(student).loss(BATCH, distill(0.3, divergence, candidates, temperature));
                    assertThat(sum.count()).isEqualTo(targets.length);
                    assertThat(sum.means().get("kl") * sum.count()).isCloseTo(expected, within(1e-4 * expected));
                    assertThat(sum.means().get("nll_loss") * sum.count()).isCloseTo(likelihood, within(1e-3));
                    assertThat(sum.total()).isCloseTo(0.7 * likelihood + 0.3 * temperature * temperature * expected,
                            within(1e-3));
                    all = temperature == 1 && candidates >= VOCABULARY - 1 ? expected : all;
                    assertThat(temperature == 1 ? expected : 0).as("a bound of that over all tokens")
                            .isLessThanOrEqualTo(all * (1 + 1e-9));
                }
            }
        });
    }

    /** Of all tokens together at once, each document by itself. */
    private static double[][] logits(CausalLm model) {
        Tensor all = model.logits(model.hidden(BATCH.ids(), Pass.of(BATCH.positions(), BATCH.starts())
                .with(Adapters.DEFAULT)));
        float[] values = all.toFloats();
        double[][] rows = new double[BATCH.tokens()][VOCABULARY];
        for (int i = 0; i < values.length; i++) {
            rows[i / VOCABULARY][i % VOCABULARY] = values[i];
        }
        return rows;
    }

    private static double[] logSoftmax(double[] logits, double temperature) {
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit / temperature);
        }
        double[] result = new double[logits.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = logits[i] / temperature - Math.log(sum);
        }
        return result;
    }

    /** Over the teacher's likeliest tokens and all others as one. */
    private static double divergence(Divergence divergence, double[] its, double[] own, int candidates) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, its.length).boxed().toList());
        order.sort((one, two) -> Double.compare(its[two], its[one]));
        double sum = 0, itsRest = 1, ownRest = 1;
        for (int i = 0; i < candidates; i++) {
            double p = its[order.get(i)], q = own[order.get(i)];
            sum += divergence == Divergence.FORWARD ? Math.exp(p) * (p - q) : Math.exp(q) * (q - p);
            itsRest -= Math.exp(p);
            ownRest -= Math.exp(q);
        }
        return sum + (divergence == Divergence.FORWARD ? itsRest * Math.log(itsRest / ownRest)
                : ownRest * Math.log(ownRest / itsRest));
    }

    @ParameterizedTest @EnumSource(Divergence.class)
    void theGradientIsTheSlopeOfTheLoss(Divergence divergence) {
        for (boolean full : new boolean[] {false, true}) {
            Scope.run(() -> {
                CausalLm student = full ? ModelFolder.open(base).load() : student();
                if (full) {
                    new Full().attach(student, 1);
                }
                Objective objective = distill(0.6, divergence, 5, 2);
                var walk = new BlockWalk(student);
                walk.forwardBackward(BATCH, objective, 1);
                for (Map.Entry<String, Tensor> entry : student.tuned().entrySet()) {
                    float[] values = entry.getValue().detach().toFloats(),
                            gradient = entry.getValue().gradient().toFloats();
                    int at = largest(gradient);
                    double slope = (moved(walk, objective, entry.getValue(), values, at, 5e-3f)
                            - moved(walk, objective, entry.getValue(), values, at, -5e-3f)) / 1e-2;
                    assertThat(slope).as(entry.getKey()).isCloseTo(gradient[at], within(0.02 * Math.abs(gradient[at])
                            + 2e-3));
                }
            });
        }
    }

    private static int largest(float[] values) {
        int at = 0;
        for (int i = 1; i < values.length; i++) {
            at = Math.abs(values[i]) > Math.abs(values[at]) ? i : at;
        }
        return at;
    }

    private static double moved(BlockWalk walk, Objective objective, Tensor parameter, float[] values, int at,
            float by) {
        float[] moved = values.clone();
        moved[at] += by;
        parameter.copyFrom(Tensor.of(moved, parameter.shape()));
        double total = walk.loss(BATCH, objective).total();
        parameter.copyFrom(Tensor.of(values, parameter.shape()));
        return total;
    }

    @Test void aModelLearnsNothingFromItself() {
        Scope.run(() -> {
            CausalLm student = ModelFolder.open(teacher).load();
            new Lora(2, 4, 0, List.of(TargetNames.ALL_LINEAR)).attach(student, 3);
            LossSum sum = new BlockWalk(student).forwardBackward(BATCH, distill(1, Divergence.REVERSE, 20, 1), 1);
            assertThat(sum.means().get("kl")).isCloseTo(0, within(1e-6));
            student.tuned().forEach((name, tensor) -> assertThat(tensor.gradient().norm()).as(name).isLessThan(1e-3));
        });
    }

    @Test void theTeacherSeesTheRowsWithoutWhatAnAdapterPutsBeforeThem() {
        Scope.run(() -> {
            CausalLm student = ModelFolder.open(base).load();
            Objective objective = distill(1, Divergence.FORWARD, 8, 1);
            // the first token of this document is one that is learned
            Batch first = Batch.ofGroups(List.of(ExampleGroup.of(new Example(new int[] {5, 6, 7, 8},
                    new boolean[] {true, true, true, true}))));
            LossSum before = new BlockWalk(student).loss(first, objective);
            Tunings.find("softPrompt").orElseThrow().attach(student, 3, text -> new int[] {1});
            LossSum after = new BlockWalk(student).loss(first, objective);
            assertThat(after.count()).isEqualTo(before.count()).isEqualTo(3);
        });
    }

    @Test void anotherTokenizerIsRefusedByItsFirstOtherToken() throws IOException {
        Path json = teacher.resolve("tokenizer.json");
        Files.writeString(json, Files.readString(json).replace("<|im_start|>", "<|begin|>"));
        assertThatThrownBy(() -> Scope.run(() -> distill(1, Divergence.FORWARD, 8, 1))).isInstanceOf(UserError.class)
                .hasMessageContaining("train.objective.distill.teacher").hasMessageContaining("another tokenizer")
                .hasMessageContaining("token 398 is '<|begin|>' there and '<|im_start|>' here");
    }
}
