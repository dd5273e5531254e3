package io.weft.compare;

import io.weft.evaluate.Comparison;
import io.weft.evaluate.sample.SampleRows;
import io.weft.file.JsonFile;
import io.weft.objective.Objective;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeDifference;
import io.weft.recipe.StagedRecipe;
import io.weft.run.RunFolder;
import io.weft.run.StagesFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * What a round brought: a run beside the one before it, on the rows that both were evaluated on.
 *
 * @param table   of both, with what of it may be chance
 * @param rows    in the order of the first run
 * @param recipe  what the second was told otherwise
 * @param remarks what a reader should know of the rows, a sentence each
 */
public record Round(RunFolder first, RunFolder second, Comparison table, List<RowChange> rows,
        List<RecipeDifference> recipe, DataDifference data, List<String> remarks) {
    /** The page in the second run's evaluation folder. */
    public static final String PAGE = "compare.html";
    /** When a run began is nothing that somebody changed. */
    private static final String CLOCK = "data.clock";

    /** @throws UserError when one of them is no run, was not evaluated, or no row is in both evaluations */
    public static Round of(Path before, Path after) {
        RunFolder first = RunFolder.open(before), second = RunFolder.open(after);
        if (first.path().toAbsolutePath().normalize().equals(second.path().toAbsolutePath().normalize())) {
            throw UserError.of(say("%s is named twice; name the run before and the run after", before));
        }
        SampleRows ofFirst = SampleRows.of(first), ofSecond = SampleRows.of(second);
        JudgedRows judged = JudgedRows.of(before.toString(), ofFirst, after.toString(), ofSecond);
        Recipe then = recipe(first), now = recipe(second);
        Objective objective = then.train().objective();
        boolean sameLoss = objective.name().equals(now.train().objective().name()) && judged.countAlike();
        Comparison table = judged.table(name(first), name(second), objective, sameLoss);
        return new Round(first, second, table, judged.changes(table.labels().toTell().isPresent()),
                RecipeDifference.between(then, now).stream().filter(one -> !one.key().equals(CLOCK)).toList(),
                DataDifference.between(first, second),
                remarks(judged, first, second, sameLoss));
    }

    private static Recipe recipe(RunFolder run) {
        return StagesFile.isOne(run) ? StagedRecipe.parse(StagesFile.read(run).recipe()).common()
                : Recipe.read(run.recipe());
    }

    private static List<String> remarks(JudgedRows judged, RunFolder first, RunFolder second, boolean sameLoss) {
        List<String> remarks = new ArrayList<>();
        remarks.add(judged.onlyBefore() + judged.onlyAfter() == 0
                ? say("%,d rows, the same in both evaluations", judged.before().size())
                : say("%,d rows that are in both evaluations (%,d of %s and %,d of %s are not)",
                judged.before().size(), judged.onlyBefore(), name(first), judged.onlyAfter(), name(second)));
        if (!settings(first).equals(settings(second))) {
            remarks.add(say("the two were evaluated with different settings (%s; %s): evaluate again with the same "
                    + "ones",
                    settings(first), settings(second)));
        }
        if (!sameLoss) {
            remarks.add(say("the losses are not of the same tokens (another objective, tokenizer or form, or an "
                    + "evaluation by Weft 0.1) and are left out"));
        }
        return remarks;
    }

    private static String settings(RunFolder run) {
        return JsonFile.optional(run.evaluation().resolve(Comparison.SCORES)).path("settings").toString();
    }

    static String name(RunFolder run) { return run.path().toAbsolutePath().normalize().getFileName().toString(); }

    /** How many rows gained and how many lost. */
    public long better() { return rows.stream().filter(RowChange::isBetter).count(); }

    public long worse() { return rows.stream().filter(RowChange::isWorse).count(); }

    /** Rows that gained, the most first. */
    public List<RowChange> gained() {
        return rows.stream().filter(RowChange::isBetter)
                .sorted(Comparator.comparingDouble(RowChange::difference).reversed()).toList();
    }

    /** Rows that lost, the most first. */
    public List<RowChange> lost() {
        return rows.stream().filter(RowChange::isWorse)
                .sorted(Comparator.comparingDouble(RowChange::difference)).toList();
    }

    /** What rows are scored by. */
    public String rowScore() { return table.labels().toTell().isPresent() ? say("exact match") : "ROUGE-L"; }

    /** How the rows that were trained on differ, in a sentence. */
    public String dataSaid() {
        return data.isNone() ? say("both were trained on the same %,d rows", data.same())
                : say("%,d rows added, %,d removed, %,d answered otherwise; %,d the same", data.added(), data.removed(),
                data.changed(), data.same());
    }
}
