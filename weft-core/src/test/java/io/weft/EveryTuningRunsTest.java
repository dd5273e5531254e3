package io.weft;

import io.weft.export.Export;
import io.weft.generate.Sampling;
import io.weft.loaded.LoadedModel;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.resume.Resumption;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tune.AdapterFolder;
import io.weft.tune.Tuning;
import io.weft.tune.Tunings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Every way of tuning goes the whole way: a recipe that names it, a run, its folder, loading, a merged model. */
class EveryTuningRunsTest {
    @TempDir Path folder;

    static Stream<Tuning> all() { return Tunings.all().stream(); }

    @ParameterizedTest @MethodSource("all")
    void fromARecipeToAMergedModel(Tuning tuning) {
        Recipe recipe = TinyRun.recipe(TinyRun.base(folder.resolve("base"), DType.F32),
                TinyRun.rows(folder.resolve("rows.jsonl"), 24), "tuning." + tuning.name() + "=true", "train.steps=4");
        assertThat(recipe.tuning()).isEqualTo(tuning);
        Path run = TinyRun.trained(recipe, folder.resolve("run"));
        assertThat(AdapterFolder.isOne(run.resolve("adapter"))).isEqualTo(tuning.isAdapter());
        Scope.run(() -> {
            try (LoadedModel loaded = LoadedModel.open(run)) {
                assertThat(loaded.adapter().map(Tuning::name))
                        .isEqualTo(tuning.isAdapter() ? Optional.of(tuning.name()) : Optional.empty());
                assertThat(loaded.generator().generate(new int[] {1, 2, 3}, Sampling.greedy(4)).ids()).isNotEmpty();
                Path merged = folder.resolve("merged");
                if (!tuning.isMergeable()) {
                    assertThatThrownBy(() -> loaded.exportMerged(merged, Optional.empty()))
                            .isInstanceOf(UserError.class).hasMessageContainingAll(tuning.name(), "weft serve");
                    assertThat(merged).doesNotExist();
                    return;
                }
                Export export = loaded.exportMerged(merged, Optional.of(DType.F32));
                assertThat(export.difference()).isLessThan(1e-5);
                export.adapterEffect().ifPresent(effect -> assertThat(effect).isGreaterThan(1e-4));
            }
        });
    }

    /** Packed rows, dropout and, for what is not trained, weights mapped as bf16 and blocks computed twice. */
    @ParameterizedTest @MethodSource("all")
    void aStoppedRunEndsAsOneThatWasNot(Tuning tuning) {
        Path base = TinyRun.base(folder.resolve("base"), DType.BF16), rows = TinyRun.rows(folder.resolve("rows"), 24);
        Recipe recipe = TinyRun.recipe(base, rows, "tuning." + tuning.name() + "=true", "train.steps=4",
                "data.pack=true", "train.frozenWeights=" + (tuning.isAdapter() ? "mapped" : "resident"),
                "train.recompute=always", "train.evalEvery=2");
        Path whole = TinyRun.trained(recipe, folder.resolve("whole")),
                stopped = TinyRun.stopped(recipe, folder.resolve("stopped"), 3);
        TinyRun.resumed(stopped, Resumption.PLAIN);
        String result = tuning.isAdapter() ? "adapter" : "model";
        assertThat(TinyRun.contents(stopped.resolve(result))).isEqualTo(TinyRun.contents(whole.resolve(result)));
        assertThat(stopped.resolve(result)).isNotEmptyDirectory();
    }
}
