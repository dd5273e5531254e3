package io.weft;

import io.weft.estimate.Fitting;
import io.weft.estimate.MemoryModel;
import io.weft.estimate.Remedies;
import io.weft.estimate.TokenLoad;
import io.weft.model.WeightLoading;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.objective.Recompute;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.resume.Resumption;
import io.weft.run.EventLog;
import io.weft.run.MachineRecord;
import io.weft.run.RunEvent.Changed;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunFolder;
import io.weft.tensor.DType;
import io.weft.tensor.Engine;
import io.weft.tensor.Scope;
import io.weft.tune.Tuning;
import io.weft.tune.Tunings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What a run will take is known before it begins, and what would not fit is divided or refused. */
class FittingRunTest {
    private static final String AVAILABLE = "weft.memory.available";
    private static final TokenLoad LOAD = new TokenLoad(8192, 300, 0.5);
    @TempDir private static Path made;
    private static Path base, rows;
    @TempDir private Path folder;

    @BeforeAll static void make() {
        base = TinyRun.base(made.resolve("base"), DType.F32);
        rows = TinyRun.rows(made.resolve("rows.jsonl"), 24);
    }

    @AfterEach void back() { System.clearProperty(AVAILABLE); }

    private static Recipe recipe(String... settings) {
        return TinyRun.recipe(base, rows, "train.steps=4", "train.evalEvery=4", "train.batch=4", "data.pack=false")
                .with(settings);
    }

    private static List<StepDone> steps(Path run) {
        return EventLog.events(new RunFolder(run).events()).stream().filter(StepDone.class::isInstance)
                .map(StepDone.class::cast).toList();
    }

    @Test void aDividedMicroBatchMakesTheSameSteps() {
        List<StepDone> whole = steps(TinyRun.trained(recipe("tuning.lora.dropout=0"), folder.resolve("whole"))),
                divided = steps(TinyRun.trained(recipe("tuning.lora.dropout=0", "train.tokensAtOnce=40"),
                folder.resolve("divided")));
        assertThat(divided).hasSameSizeAs(whole).hasSize(4);
        for (int i = 0; i < whole.size(); i++) {
            assertThat(divided.get(i).loss()).isCloseTo(whole.get(i).loss(), within(1e-5));
            assertThat(divided.get(i).gradientNorm()).isCloseTo(whole.get(i).gradientNorm(), within(1e-4));
            assertThat(divided.get(i).tokens()).isEqualTo(whole.get(i).tokens()).isGreaterThan(40);
            assertThat(divided.get(i).trainedTokens()).isEqualTo(whole.get(i).trainedTokens());
        }
    }

    @Test void partsOfADividedMicroBatchDrawMasksOfTheirOwn() {
        assertThat(steps(TinyRun.trained(recipe("tuning.lora.dropout=0.5", "train.tokensAtOnce=40"),
                folder.resolve("divided"))).get(1).loss()).isNotEqualTo(steps(TinyRun.trained(
                recipe("tuning.lora.dropout=0.5"), folder.resolve("whole"))).get(1).loss());
    }

    @Test void whatDoesNotFitIsRefusedWithSettingsThatWouldFit() {
        // less than Java itself takes
        System.setProperty(AVAILABLE, "1000000");
        Path run = folder.resolve("run");
        assertThatThrownBy(() -> Scope.run(() -> TrainingRun.start(recipe(), run, event -> {})))
                .isInstanceOf(UserError.class).hasMessageContaining("no weight was read")
                .hasMessageContaining("choose a smaller model or a larger machine");
        assertThat(run).doesNotExist();
    }

    @Test void aRemedyIsNamedThatIsEnough() {
        ModelFolder model = ModelFolder.open(base);
        WeightLoading resident = WeightLoading.of(WeightPlacement.RESIDENT);
        MemoryModel full = MemoryModel.of(model, Tunings.find("full").orElseThrow(), resident);
        long least = full.at(LOAD.atOnce(300), Recompute.ALWAYS, true).total();
        var wish = new Fitting.Wish(Recompute.NEVER, false, true, false, OptionalInt.of(0));
        Fitting fitting = Fitting.of(full, LOAD, wish, least + (1 << 20));
        assertThat(fitting.exceeds()).isTrue();
        assertThat(new Remedies(model, Tunings.find("full").orElseThrow(), resident, LOAD, wish, 300,
                least + (1 << 20)).fitting()).isNotEmpty()
                .anySatisfy(line -> assertThat(line).startsWith("train.recompute=auto"));
    }

    @Test void theLargestWayThatFitsIsTaken() {
        MemoryModel model = MemoryModel.of(ModelFolder.open(base), Tunings.find("lora").orElseThrow(),
                WeightLoading.of(WeightPlacement.RESIDENT));
        var wish = new Fitting.Wish(Recompute.AUTO, false, true, true, OptionalInt.empty());
        long whole = model.at(LOAD, Recompute.NEVER, true).total();
        assertThat(Fitting.of(model, LOAD, wish, 2 * whole)).satisfies(fitting -> {
            assertThat(fitting.recompute()).isEqualTo(Recompute.NEVER);
            assertThat(fitting.atOnce()).isZero();
        });
        assertThat(Fitting.of(model, LOAD, wish, whole)).as("just short of it").satisfies(fitting -> {
            assertThat(fitting.recompute()).isEqualTo(Recompute.NEVER);
            assertThat(fitting.atOnce()).isBetween(512L, 4096L);
            assertThat(fitting.fits()).isTrue();
        });
        long repeated = model.at(LOAD.atOnce(512), Recompute.ALWAYS, true).total();
        assertThat(Fitting.of(model, LOAD, wish, (long) (repeated / 0.9) + 1)).as("kept activations of the smallest "
                + "pass do not fit").satisfies(fitting -> {
            assertThat(fitting.recompute()).isEqualTo(Recompute.ALWAYS);
            assertThat(fitting.fits()).isTrue();
        });
        assertThat(Fitting.of(model, LOAD, wish, 1000).exceeds()).isTrue();
    }

    @Test void whatWasDecidedStandsInTheRecipeAndAResumeObeysIt() throws Exception {
        Path run = folder.resolve("run");
        Recipe asked = recipe("train.recompute=never");
        long whole = Scope.value(() -> {
            try (TrainingRun plain = TrainingRun.start(asked, folder.resolve("plain"), event -> {})) {
                return plain.fitting().memory().total();
            }
        });
        System.setProperty(AVAILABLE, Long.toString((long) (whole / 0.9) - 1000));
        TinyRun.stopped(asked, run, 2);
        String recipe = Files.readString(run.resolve("recipe.yaml"));
        System.clearProperty(AVAILABLE);
        assertThat(recipe).containsPattern("tokensAtOnce: [1-9]\\d*");
        TinyRun.resumed(run, Resumption.PLAIN);
        assertThat(Files.readString(run.resolve("recipe.yaml"))).isEqualTo(recipe);
        assertThat(MachineRecord.read(run.resolve("machine.json")).orElseThrow().planned()).isPositive();
    }

    @Test void aRunGoesOnInSmallerPassesAndTellsSo() {
        Path run = TinyRun.stopped(recipe(), folder.resolve("run"), 2);
        assertThat(TinyRun.resumed(run, Resumption.changing("train.tokensAtOnce=32"))).anySatisfy(event ->
                assertThat(event).isEqualTo(new Changed(2, "train.tokensAtOnce", "0", "32")));
    }

    @Test void theOutlineCountsWhatEveryMethodTrains() {
        ModelFolder model = ModelFolder.open(base);
        for (Tuning tuning : Tunings.all()) {
            long foretold = MemoryModel.of(model, tuning, WeightLoading.of(WeightPlacement.RESIDENT)).trained();
            Scope.run(() -> {
                CausalLm loaded = model.load();
                tuning.attach(loaded, 1, text -> new int[] {1});
                assertThat(foretold).as(tuning.name()).isEqualTo(loaded.trainedCount());
            });
        }
    }

    @Test void anEstimateNeedsNoWeights() throws Exception {
        Path bare = folder.resolve("bare");
        TinyRun.copy(base, Files.createDirectories(bare).resolve("model"));
        Files.delete(bare.resolve("model/model.safetensors"));
        Estimate estimate = Weft.estimate(TinyRun.recipe(bare.resolve("model"), rows, "data.pack=false"));
        assertThat(estimate.fitting().memory().parts()).containsKeys("weights", "activations");
        assertThat(estimate.time().orElseThrow().run()).isPositive();
        assertThat(estimate.tokens()).isBetween(10.0, 400.0);
        assertThat(Map.of("largest", estimate.largest()).get("largest")).isBetween(20L, 400L);
        assertThat(estimate.fitting().available()).isLessThanOrEqualTo(Engine.memory());
    }
}
