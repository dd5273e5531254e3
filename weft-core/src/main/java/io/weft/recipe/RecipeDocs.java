package io.weft.recipe;

import io.weft.problem.Language;

/** The page that documents every setting, made from the same table: docs/recipe.md and docs/recipe.zh-CN.md. */
public final class RecipeDocs {
    private static final Translatable INTRODUCTION = new Translatable("""
            # Recipes

            A recipe is a YAML file that says what to tune, on which rows, how. `weft init` writes one with every setting and its default; `weft train recipe.yaml --out runs/first`
            runs it, and the run folder keeps it with every default written out. A setting that is left out has its default. On the command line a setting is given by its path and
            goes before the file's: `weft train recipe.yaml tuning.lora.rank=16 tuning.lora.targets=q_proj,v_proj`. A recipe names one way of tuning; `tuning: full` is short for
            `tuning: {full: {}}`, and pretraining is always full. Editors complete and check recipes with `weft.schema.json`.

            This page is made from the table that reads recipes (`io.weft.recipe.Settings`); change it there.
            """, """
            # 配方

            配方是一个 YAML 文件，说明微调什么模型、用什么数据、怎样微调。`weft init` 写出一份带有全部设置和默认值的配方；`weft train recipe.yaml --out runs/first` 运行它，
            运行文件夹里会保存一份写明全部默认值的配方。没有写出的设置用默认值。命令行上按路径给出的设置优先于文件：
            `weft train recipe.yaml tuning.lora.rank=16 tuning.lora.targets=q_proj,v_proj`。一份配方只有一种微调方式；`tuning: full` 是 `tuning: {full: {}}` 的简写，预训练总是全量。
            编辑器可以用 `weft.schema.json` 补全和检查配方。

            本页由读取配方的同一张表（`io.weft.recipe.Settings`）生成；请在那里修改。
            """);

    private final Language language;
    private final StringBuilder page = new StringBuilder();

    private RecipeDocs(Language language) { this.language = language; }

    /** Markdown in one language. */
    public static String page(Language language) { return new RecipeDocs(language).write(); }

    private String write() {
        page.append(in(INTRODUCTION)).append("\n## ").append(in(new Translatable("The whole recipe", "整份配方"))).append("\n\n");
        head();
        row("version", Settings.VERSION_KEY, Settings.VERSION);
        row("model", Settings.MODEL, null);
        row("preset", Settings.PRESET, null);
        for (Section<?> section : Settings.sections()) {
            page.append("\n## `").append(section.path()).append("`: ").append(in(section.about())).append("\n\n");
            if (section.settings().isEmpty()) {
                page.append("`").append(section.path()).append(": {}`").append(in(new Translatable(" has no settings of its own.\n", " 没有自己的设置。\n")));
                continue;
            }
            head();
            section.settings().forEach(setting -> row(section.path(setting), setting, section.defaultOf(setting)));
        }
        return page.toString();
    }

    private void head() {
        page.append(in(new Translatable("| setting | default | takes | what it is |\n", "| 设置 | 默认值 | 取值 | 说明 |\n"))).append("|---|---|---|---|\n");
    }

    private void row(String path, Setting setting, Object standard) {
        String shown = setting.isRequired() ? in(new Translatable("must be given", "必须给出")) : setting.isOptional() ? in(setting.unset()) : "`" + YamlText.of(standard) + "`";
        page.append("| `").append(path).append("` | ").append(shown).append(" | ").append(in(setting.values().expected())).append(" | ").append(in(setting.about())).append(" |\n");
    }

    private String in(Translatable phrase) { return phrase.in(language); }
}
