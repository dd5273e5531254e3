package io.weft.app;

import io.weft.TrainingRun;
import io.weft.app.quickstart.BaseRecipe;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import static io.weft.problem.Language.say;

/** {@code weft make-base}: makes the embedded base of {@code weft quickstart} again, text, tokenizer and weights. Not listed in the help. */
final class MakeBase implements Command {
    private final Syntax syntax = Syntax.of("make-base", "--out DIR", say("Makes the embedded base of weft quickstart again, in about half an hour on two cores.", "重新生成 weft quickstart 的内置基座模型,两核机器约需半小时。")).hidden();
    private final Argument<Path> out = syntax.path("--out", "DIR", say("new folder; the base is in base/model of it", "新目录;基座模型位于其中的 base/model"));

    @Override public Syntax syntax() { return syntax; }

    @Override public int run(Streams streams) {
        Path folder = out.given().orElseThrow(() -> UserError.of(say("--out is missing: give a new folder", "缺少 --out:请给出一个新目录")));
        if (Files.exists(folder)) {
            throw UserError.of(say("%s exists already; give a new folder", "%s 已存在;请给出新目录", folder));
        }
        BaseRecipe.write(folder);
        for (Map.Entry<Path, Recipe> stage : BaseRecipe.recipes(folder).entrySet()) {
            int code = new TrainingJob(streams, false, stage.getValue().train()).run(listener -> TrainingRun.start(stage.getValue(), stage.getKey(), listener));
            if (code != ExitCode.DONE) {
                return code;
            }
        }
        return ExitCode.DONE;
    }
}
