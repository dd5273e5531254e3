package io.weft;

import io.weft.data.Sample;
import io.weft.data.format.RowFormat;
import io.weft.data.format.RowFormats;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.PreparedData;
import io.weft.objective.Objective;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.RunFolder;
import io.weft.train.Objectives;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** Whether prepared rows are those that a run asks for, can learn from, or began with. */
final class RunData {
    private RunData() {}

    /** @throws UserError when the data in a folder were prepared by other settings */
    static PreparedData same(Recipe recipe, PreparedData data) {
        DataSettings found = data.manifest().settings(), asked = recipe.data();
        boolean same = found.train().equals(asked.train()) && found.split().equals(asked.split())
                && found.rows().equals(asked.rows()) && found.mend().equals(asked.mend())
                && data.manifest().seed() == recipe.train().seed();
        if (!same) {
            throw UserError.of(say("%s was prepared from %s with other settings or another seed; delete it, or choose "
                    + "another run folder", data.folder(), found.train()));
        }
        return data;
    }

    /** @throws UserError when the rows are not, byte for byte, those that the run began with */
    static PreparedData verified(RunFolder folder) {
        try {
            PreparedData data = PreparedData.open(folder.data());
            data.train().close();
            data.heldOut().close();
            return data;
        } catch (UserError e) {
            throw UserError.of(e.getMessage() + "\n  " + say("a run goes on with the rows that it began with: put the "
                    + "run's data folder back as it was, or start a new run"), e);
        }
    }

    /** @throws UserError when the objective does not learn from rows of their kind */
    static void requireFit(Recipe recipe, PreparedData data) {
        Objective objective = recipe.train().objective();
        if (!objective.eats().contains(data.kind())) {
            throw UserError.of(say("%s: its rows are %s (format %s), and train.objective %s learns from %s; set "
                    + "data.format (%s) or train.objective (%s)", recipe.data().train(), Sample.plural(data.kind()),
                    data.manifest().settings().format(), objective.name(),
                    names(objective.eats().stream().map(Sample::plural).sorted()),
                    names(RowFormats.all().stream().filter(format -> objective.eats().contains(format.gives()))
                    .map(RowFormat::name)),
                    names(Objectives.all().stream().filter(other -> other.eats().contains(data.kind()))
                    .map(Objective::name))));
        }
    }

    private static String names(Stream<String> names) { return names.collect(Collectors.joining(say(", "))); }

    /** Of both files of rows. */
    static String hash(PreparedData data) {
        return data.manifest().files().get(PreparedData.TRAIN).sha256() + "+" + data.manifest().files()
                .get(PreparedData.HELD_OUT).sha256();
    }
}
