package io.weft.app;

import io.weft.TrainingRun;
import io.weft.app.quickstart.BaseRecipe;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** {@code weft make-base}: makes the embedded base of {@code weft quickstart} again, text, tokenizer and weights. Not listed in the help. */
final class MakeBase implements Command {
    private final Syntax syntax = Syntax.of("make-base", "--out DIR", say("Makes the embedded base of weft quickstart again, in about half an hour on two cores.", "重新生成 weft quickstart 的内置基座模型,两核机器约需半小时。")).hidden();
    private final Argument<Path> out = syntax.path("--out", "DIR", say("new folder; the base is in second/model of it", "新目录;基座模型位于其中的 second/model"));

    @Override public Syntax syntax() { return syntax; }

    @Override public int run(Streams streams) {
        Path folder = out.given().orElseThrow(() -> UserError.of(say("--out is missing: give a new folder", "缺少 --out:请给出一个新目录")));
        if (Files.exists(folder)) {
            throw UserError.of(say("%s exists already; give a new folder", "%s 已存在;请给出新目录", folder));
        }
        BaseRecipe.write(folder);
        int first = train(streams, folder, "first", "model", "repetitions.jsonl");
        return first == ExitCode.DONE ? train(streams, folder, "second", "first/model", "text.jsonl") : first;
    }

    /** The paths in the recipes are those of someone who stands in the folder. */
    private static int train(Streams streams, Path folder, String part, String model, String text) {
        Recipe recipe = RecipeReader.read(Optional.of(folder.resolve(part + ".yaml")), List.of("model=" + folder.resolve(model), "data.train=" + folder.resolve(text)), List.of());
        return new TrainingJob(streams, false, recipe.train()).run(listener -> TrainingRun.start(recipe, folder.resolve(part), listener));
    }
}
