package io.weft.app.command;

import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.Streams;
import io.weft.file.AtomicFile;
import io.weft.problem.UserError;
import io.weft.recipe.RecipeSchema;
import io.weft.recipe.RecipeTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** {@code weft init}: a recipe to start from, with every setting explained, and the schema that editors check it by. */
final class Init implements Command {
    private final Syntax syntax = Syntax.of("init", "[FILE] [--model DIR --data FILE]",
            say("Writes a recipe with every setting and what it is for, and the schema that editors complete it by.", "写出一份列有全部设置及说明的配方,以及供编辑器补全和检查用的 schema。"));
    private final Argument<Path> file = syntax.place("FILE", say("the recipe; recipe.yaml by default", "配方文件;默认为 recipe.yaml"));
    private final Argument<String> model = syntax.text("--model", "DIR", say("the model to name in it", "写入配方的模型目录"));
    private final Argument<String> data = syntax.text("--data", "FILE", say("the rows to name in it", "写入配方的数据文件"));

    @Override public Syntax syntax() {
        return syntax.example("weft init", say("writes recipe.yaml and weft.schema.json here", "在当前目录写出 recipe.yaml 与 weft.schema.json"))
                .example("weft init runs/qa.yaml --model models/qwen3-0.6b --data qa.json", say("with your model and rows filled in", "并填入你的模型与数据"));
    }

    @Override public int run(Streams streams) {
        Path recipe = file.given().orElse(Path.of("recipe.yaml"));
        if (Files.exists(recipe)) {
            throw UserError.of(say("%s is there already; choose another name, or delete it first", "%s 已存在;请换一个文件名,或先删除它", recipe));
        }
        Path folder = Optional.ofNullable(recipe.getParent()).orElse(Path.of(""));
        if (!Files.isDirectory(folder.toAbsolutePath())) {
            throw UserError.of(say("%s: no such folder; make it first", "%s:没有这个文件夹;请先创建", folder));
        }
        String text = model.given().isEmpty() && data.given().isEmpty() ? RecipeTemplate.text() : RecipeTemplate.text(model.required(), data.required());
        Path schema = folder.resolve(RecipeSchema.FILE);
        AtomicFile.write(schema, RecipeSchema.text());
        AtomicFile.write(recipe, text);
        var sheet = new LabelledLines(streams.out());
        sheet.line(say("recipe", "配方"), recipe.toString());
        sheet.line(say("schema", "schema"), schema.toString());
        sheet.line(say("next", "下一步"), say("set model and data.train in it, then: weft train %s", "填好其中的 model 与 data.train,然后运行:weft train %s", recipe));
        return ExitCode.DONE;
    }
}
