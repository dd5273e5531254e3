package io.weft;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.Folders;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.tensor.Scope;
import io.weft.train.RateCurve;
import io.weft.train.RateSweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;

import static io.weft.problem.Language.say;

/**
 * Finds a learning rate: trains a recipe for a few dozen steps while the rate rises from far too low to far too high,
 * and reads it off the loss. Nothing is kept of what was learned.
 *
 * @param recipe with everything decided  @param curve what became of the loss
 */
public record RangeTest(Recipe recipe, RateCurve curve) {
    /** What a range test leaves in its folder. */
    public static final String FILE = "range.json", CHART = "range.png";
    public static final int STEPS = 60;
    /** How far the rates reach below and above the method's usual one. */
    private static final double BELOW = 30, ABOVE = 3000, MOST = 10;
    private static final String WORK = ".work";

    /**
     * @param from the lowest rate, @param to the highest; left out, far below and far above the method's usual one
     */
    public record Settings(OptionalDouble from, OptionalDouble to, int steps) {
        public static final Settings USUAL = new Settings(OptionalDouble.empty(), OptionalDouble.empty(), STEPS);

        RateSweep over(double usual) {
            double low = from.orElse(usual / BELOW), high = to.orElse(Math.min(MOST, usual * ABOVE));
            if (!(low > 0) || !(high > low)) {
                throw UserError.of(say("--from %s and --to %s: expected two learning rates above 0, the lower one "
                        + "first", low, high));
            }
            return new RateSweep(low, high, steps);
        }
    }

    /**
     * @param out  a folder for range.json, new or empty
     * @param told each point when it is measured
     * @throws UserError when recipe, rows and model do not go together, or the objective has no loss that falls
     */
    public static RangeTest of(Recipe recipe, Path out, Settings settings, Consumer<RateCurve.Point> told) {
        if (recipe.train().objective().makesAnswers()) {
            throw UserError.of(say("train.objective %s learns from rewards and has no loss that falls with the "
                    + "learning rate; try a few rates and look at the mean rewards",
                    recipe.train().objective().name()));
        }
        RateSweep sweep = settings.over(recipe.tuning().learningRate()
                * recipe.train().objective().learningRateFactor());
        try {
            if (Files.exists(out) && (!Files.isDirectory(out) || !isEmpty(out))) {
                throw UserError.of(say("%s is not empty; choose another --out", out));
            }
            Files.createDirectories(out);
            RangeTest test = Scope.value(() -> {
                try (TrainingRun run = TrainingRun.start(recipe, out.resolve(WORK), event -> {})) {
                    return new RangeTest(run.recipe(), run.sweep(sweep, told));
                }
            });
            AtomicFile.write(out.resolve(FILE), test.json().toPrettyString() + "\n");
            return test;
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(out, e);
        } finally {
            remove(out.resolve(WORK));
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void remove(Path folder) {
        try {
            if (Files.exists(folder)) {
                Folders.empty(folder);
                Folders.delete(folder);
            }
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(folder, e);
        }
    }

    public ObjectNode json() {
        RateCurve.Suggestion suggested = curve.suggestion();
        ObjectNode root = JsonFile.JSON.createObjectNode().put("formatVersion", 1).put("model", recipe.model())
                .put("data", recipe.data().train().toString()).put("tuning", recipe.tuning().name())
                .put("suggestion", suggested.rate()).put("edge", suggested.edge()).put("fall", suggested.fall())
                .put("edgeNotReached", suggested.isAtEnd());
        double[] smooth = curve.smooth();
        ArrayNode points = root.putArray("points");
        for (int i = 0; i < smooth.length; i++) {
            RateCurve.Point point = curve.points().get(i);
            points.addObject().put("rate", point.rate()).put("loss", point.loss()).put("before", point.before())
                    .put("smooth", smooth[i]);
        }
        return root;
    }
}
