package io.weft.recipe;

import io.weft.problem.Language;
import io.weft.problem.Translatable;
import io.weft.settings.Choice;
import io.weft.settings.Configurable;
import io.weft.settings.Entry;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Several;
import io.weft.settings.Values;
import io.weft.settings.YamlText;
import java.util.stream.Collectors;

import static io.weft.problem.Translatable.text;

/** The page that documents every setting, made from the same table: docs/recipe.md and docs/recipe.zh-CN.md. */
public final class RecipeDocs {
    private static final Translatable INTRODUCTION = text("""
            # Recipes

            A recipe is a YAML file that says what to tune, on which rows, \
            how. `weft init` writes one with every setting and its default; `weft train recipe.yaml --out runs/first`
            runs it, and the run folder keeps it with every default written out. A setting that is left out has its \
            default. On the command line a setting is given by its path and
            goes before the file's: `weft train recipe.yaml tuning.lora.rank=16 tuning.lora.targets=q_proj,v_proj`. A \
            recipe names one way of tuning; `tuning: full` is short for
            `tuning: {full: {}}`, and pretraining is always full. Editors complete and check recipes with \
            `weft.schema.json`.

            A ✓ marks what `weft resume RUN --change key=value` may change in a run that has begun; everything else \
            stands from a run's first step to its last.

            This page is made from the table that reads recipes (`io.weft.recipe.Settings`); change it there.
            """);

    private static final Translatable STAGES = text("""
            Each stage is a part of a recipe, laid over what stands outside of `stages`, and begins with what the one \
            before it left; see [stages](stages.md). On the command line a stage is named by
            its number: `stages.2.train.epochs=1`.

            """);

    private final Language language;
    private final StringBuilder page = new StringBuilder();

    private RecipeDocs(Language language) { this.language = language; }

    /** Markdown in one language. */
    public static String page(Language language) { return new RecipeDocs(language).write(); }

    private String write() {
        page.append(in(INTRODUCTION)).append("\n## ").append(in(text("The whole recipe"))).append("\n\n");
        head();
        for (Entry entry : Settings.ALL) {
            if (entry instanceof Setting setting) {
                row(setting.name(), setting, setting == Settings.VERSION_KEY ? Settings.VERSION : null);
            }
        }
        line(StageList.KEY, in(text("a single training")), text("a list of stages"), false, StageList.ABOUT);
        for (Entry entry : Settings.ALL) {
            if (entry instanceof Section<?> section) {
                section(section.name(), section);
            } else if (entry instanceof Choice<?> choice) {
                choice.all().forEach(one -> section(choice.name() + "." + one.name(), one.section()));
            }
        }
        stages();
        return page.toString();
    }

    private void stages() {
        page.append("\n## `").append(StageList.KEY).append("`: ").append(in(StageList.ABOUT)).append("\n\n")
                .append(in(STAGES));
        page.append(in(text("| key of a stage | what it is |\n"))).append("|---|---|\n");
        stage(StageList.NAME, StageList.ABOUT_NAME);
        stage(StageList.OBJECTIVE, StageList.ABOUT_OBJECTIVE);
        stage(Settings.STAGE_LAYS.stream().map(Entry::name).collect(Collectors.joining("`, `")),
                text("what it has other than the rest of the recipe"));
        stage(StageList.MERGE, MergeSettings.SECTION.about());
        section(StageList.KEY + "[]." + StageList.MERGE, MergeSettings.SECTION);
    }

    private void stage(String key, Translatable about) {
        page.append("| `").append(key).append("` | ").append(in(about)).append(" |\n");
    }

    private void section(String path, Section<?> section) {
        page.append("\n## `").append(path).append("`: ").append(in(section.about())).append("\n\n");
        if (section.keys().isEmpty()) {
            page.append("`").append(path).append(": {}`").append(in(text(" has no settings of its own.\n")));
            return;
        }
        head();
        for (Entry key : section.keys()) {
            if (key instanceof Setting setting) {
                row(path + "." + setting.name(), setting, section.defaultOf(setting));
            } else if (key instanceof Choice<?> choice) {
                line(path + "." + choice.name(), "`" + ((Configurable) section.componentOf(section.defaults(), key))
                        .name() + "`", choice.expected(), false, choice.about());
            }
        }
        section.settings().forEach(setting -> members(path, setting));
        section.keys().stream().filter(Choice.class::isInstance).map(key -> (Choice<?>) key)
                .forEach(choice -> choice.all().stream().filter(one -> !one.section().keys().isEmpty())
                .forEach(one -> section(path + "." + choice.name() + "." + one.name(), one.section())));
    }

    /** Each of those that a setting takes several of. */
    private void members(String path, Setting setting) {
        if (setting.values() instanceof Several several) {
            several.table().all().forEach(one -> section(path + "." + setting.name() + "." + one.name(),
                    one.section()));
        }
    }

    private void head() {
        page.append(in(text("| setting | default | takes | `--change` | what it is |\n")))
                .append("|---|---|---|---|---|\n");
    }

    private void row(String path, Setting setting, Object standard) {
        line(path, setting.isRequired() ? in(text("must be given")) : setting.isOptional() ? in(setting.unset())
                : "`" + YamlText.of(standard) + "`", setting.values().expected(), setting.inRun().allowed(),
                setting.about());
    }

    private void line(String path, String standard, Translatable values, boolean changes, Translatable about) {
        page.append("| `").append(path).append("` | ").append(standard).append(" | ").append(in(values))
                .append(changes ? " | ✓ | " : " |  | ").append(in(about)).append(" |\n");
    }

    private String in(Translatable phrase) { return phrase.in(language); }
}
