package io.weft.recipe;

import io.weft.data.prepare.DataSettings;
import io.weft.nn.Readout;
import io.weft.settings.Node;
import io.weft.settings.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

import static io.weft.problem.Language.say;

/** Turns the list of stages into whole recipes, and looks whether each can follow the one before. */
final class StageBinding {
    /** It becomes part of a folder's name. */
    private static final String NAME = "[\\p{L}\\p{N}][\\p{L}\\p{N}._-]{0,39}";
    private final Node.Mapping common;
    private final Recipe recipe;
    private final Findings findings;
    private final BiConsumer<Recipe, Findings> check;

    /**
     * @param common what stands outside of stages  @param recipe the same, bound
     * @param check  what else is to be checked of every stage
     */
    StageBinding(Node.Mapping common, Recipe recipe, Findings findings, BiConsumer<Recipe, Findings> check) {
        this.common = common;
        this.recipe = recipe;
        this.findings = findings;
        this.check = check;
    }

    List<Stage> stages(Node node) {
        if (!(node instanceof Node.Sequence list)) {
            findings.add(node.origin(), StageList.KEY, node instanceof Node.Mapping
                    ? say("expected a list; on the command line a stage of the list is named by its number, as in "
                    + "stages.2.train.epochs=1")
                    : say("expected a list of stages, found %s", node.described()));
            return List.of();
        }
        if (list.items().isEmpty()) {
            findings.add(node.origin(), StageList.KEY, say("no stage stands in it; leave it out for a single "
                    + "training"));
        }
        List<Stage> stages = new ArrayList<>();
        Optional<Stage> before = Optional.empty();
        for (int i = 0; i < list.items().size(); i++) {
            Node item = list.items().get(i);
            Optional<Stage> stage = stage(item, i + 1);
            if (i == 0 || before.isPresent()) {
                Optional<Stage> known = before;
                stage.ifPresent(one -> checkOrder(known, one, item.origin()));
            }
            stage.ifPresent(stages::add);
            before = stage;
        }
        return stages;
    }

    private static String path(int number) { return StageList.KEY + "." + number; }

    private Optional<Stage> stage(Node item, int number) {
        String path = path(number);
        if (item instanceof Node.Scalar word && word.text().equals(StageList.MERGE)) {
            return Optional.of(new Stage.Merge(number, StageList.MERGE, MergeSettings.SECTION.defaults()));
        }
        if (!(item instanceof Node.Mapping stage)) {
            findings.add(item.origin(), path, say("expected a part of a recipe such as {tuning: lora}, or merge, found "
                    + "%s", item.described()));
            return Optional.empty();
        }
        refuseUnknown(stage, path);
        Optional<String> name = name(stage, path);
        if (!stage.entries().containsKey(StageList.MERGE)) {
            return training(stage, number, name);
        }
        stage.entries().forEach((key, node) -> {
            if (Settings.STAGE_KEYS.stream().anyMatch(known -> known.name().equals(key))) {
                findings.add(node.origin(), path + "." + key, say("a merge trains nothing; make it a stage of its "
                        + "own"));
            }
        });
        return Optional.of(new Stage.Merge(number, name.orElse(StageList.MERGE), new Binding(findings)
                .record(path + "." + StageList.MERGE, MergeSettings.SECTION, stage.entries().get(StageList.MERGE))));
    }

    private void refuseUnknown(Node.Mapping stage, String path) {
        stage.entries().forEach((key, node) -> {
            if (key.equals(Settings.MODEL.name())) {
                findings.add(node.origin(), path + "." + key, say("a stage goes on with what the one before left; the "
                        + "first one's model stands outside of stages"));
            } else if (!Settings.stageNames().contains(key)) {
                findings.add(node.origin(), path + "." + key, say("no such setting; %s",
                        Binding.remedy(path, key, Settings.stageNames())));
            }
        });
    }

    private Optional<String> name(Node.Mapping stage, String path) {
        Node node = stage.entries().get(StageList.NAME);
        if (node == null || node instanceof Node.Scalar scalar && scalar.missing()) {
            return Optional.empty();
        }
        if (node instanceof Node.Scalar scalar && scalar.text().matches(NAME)) {
            return Optional.of(scalar.text());
        }
        findings.add(node.origin(), path + "." + StageList.NAME, say("expected letters, digits, '-', '_' and '.', 40 "
                + "at most, found %s", node.described()));
        return Optional.empty();
    }

    private Optional<Stage> training(Node.Mapping stage, int number, Optional<String> name) {
        Node.Mapping laid = laid(stage, path(number));
        refuseHidden(common, laid, "", path(number));
        boolean foreign = isForeign(laid, path(number));
        Node.Mapping tree = Layers.over(foreign ? without(common, Settings.TUNING.name()) : common, laid);
        Findings own = new Findings();
        own.locateIn(tree);
        Optional<Recipe> bound = Recipe.bound(tree, own);
        bound.ifPresent(whole -> {
            check.accept(whole, own);
            checkSplit(whole, own);
            if (whole.train().objective().readout() != Readout.TOKENS) {
                own.add("train." + StageList.OBJECTIVE, say("%s gives the model another head, which says no tokens, so "
                        + "it is no stage among others; train it by itself, with what the stages left as its model",
                        whole.train().objective().name()));
            }
        });
        boolean whole = own.isEmpty() && !foreign;
        findings.addAll(own, path(number) + ".");
        return whole ? bound.map(one -> new Stage.Training(number, name.orElseGet(() -> usualName(one)), one))
                : Optional.empty();
    }

    /** Whether the tuning that all stages have in common does not suit the objective of one that gives none; told. */
    private boolean isForeign(Node.Mapping laid, String path) {
        Node tuning = common.entries().get(Settings.TUNING.name());
        if (tuning == null || laid.entries().containsKey(Settings.TUNING.name())) {
            return false;
        }
        Optional<Recipe> other = Recipe.bound(Layers.over(without(common, Settings.TUNING.name()), laid),
                new Findings());
        Findings clash = new Findings();
        other.ifPresent(one -> Recipe.checkTogether(recipe.tuning(), one.train().objective(), clash));
        if (clash.isEmpty()) {
            return false;
        }
        findings.add(laid.origin(), path + ".tuning", say("is missing: %s does not go with tuning.%s, which stands "
                + "outside of stages; give this stage its own, such as tuning: %s", other.orElseThrow().train()
                .objective().name(), recipe.tuning().name(), other.orElseThrow().tuning().name()));
        return true;
    }

    private static Node.Mapping without(Node.Mapping group, String key) {
        Map<String, Node> entries = new LinkedHashMap<>(group.entries());
        entries.remove(key);
        return new Node.Mapping(entries, group.origin());
    }

    /** The stage as a recipe spells it, without the shorthands. */
    private Node.Mapping laid(Node.Mapping stage, String path) {
        Map<String, Node> entries = new LinkedHashMap<>(stage.entries());
        entries.keySet().removeIf(key -> Settings.STAGE_LAYS.stream().noneMatch(known -> known.name().equals(key)));
        Node objective = stage.entries().get(StageList.OBJECTIVE);
        if (objective == null) {
            return new Node.Mapping(entries, stage.origin());
        }
        Node train = entries.getOrDefault(StageList.TRAIN, Node.Mapping.empty(objective.origin())).asGroup();
        if (train instanceof Node.Mapping settings) {
            Map<String, Node> all = new LinkedHashMap<>(settings.entries());
            if (all.put(StageList.OBJECTIVE, objective) != null) {
                findings.add(objective.origin(), path + "." + StageList.OBJECTIVE,
                        say("given twice, also as train.objective; keep one"));
            }
            entries.put(StageList.TRAIN, new Node.Mapping(all, objective.origin()));
        }
        return new Node.Mapping(entries, stage.origin());
    }

    /** The command line goes before the file; where a stage gives the setting itself, it would be lost. */
    private void refuseHidden(Node.Mapping below, Node.Mapping above, String prefix, String stage) {
        above.entries().forEach((key, node) -> {
            Node under = below.entries().get(key);
            if (node instanceof Node.Mapping group && under instanceof Node.Mapping hidden) {
                refuseHidden(hidden, group, prefix + key + ".", stage);
            } else if (under != null && under.origin().equals(Origin.COMMAND_LINE)
                    && !node.origin().equals(Origin.COMMAND_LINE)) {
                String full = prefix + key;
                findings.add(under.origin(), full, say("%s gives its own %s (%s); to change it there write %s.%s=...",
                        stage, full, node.origin(), stage, full));
            }
        });
    }

    private static String usualName(Recipe stage) {
        String objective = stage.train().objective().name();
        boolean usual = Settings.OBJECTIVE.all().get(0).name().equals(objective);
        return usual ? stage.tuning().name() : objective;
    }

    /** A stage that splits the common file otherwise would train on rows by which the stages are judged. */
    private void checkSplit(Recipe stage, Findings own) {
        DataSettings one = recipe.data(), other = stage.data();
        if (!one.train().shares(other.train())) {
            return;
        }
        String why = say("the stages are compared on rows of the same file, which this would train on; leave it as it "
                + "is outside of stages");
        if (!one.train().isSame(other.train())) {
            own.add("data.train", why);
        }
        if (!one.heldOut().equals(other.heldOut())) {
            own.add("data.heldOut", why);
        }
        if (!one.split().groupBy().equals(other.split().groupBy())) {
            own.add("data.groupBy", why);
        }
        if (!one.split().stratifyBy().equals(other.split().stratifyBy())) {
            own.add("data.stratifyBy", why);
        }
        if (!one.rows().equals(other.rows())) {
            own.add("data.rows", why);
        }
        if (!one.format().equals(other.format())) {
            own.add("data.format", why);
        }
        if (recipe.train().seed() != stage.train().seed()) {
            own.add("train.seed", why);
        }
    }

    private void checkOrder(Optional<Stage> before, Stage stage, Origin place) {
        String path = path(stage.number());
        Optional<Stage.Training> trained = before.filter(Stage.Training.class::isInstance)
                .map(Stage.Training.class::cast);
        boolean adapter = trained.filter(one -> one.recipe().tuning().isAdapter()).isPresent();
        if (adapter && !trained.get().recipe().tuning().isMergeable()) {
            findings.add(place, path, say("%s trains tuning.%s, which cannot be merged into the model's weights, so "
                    + "nothing can follow it; make it the last stage, or take one that can, such as tuning.lora",
                    path(stage.number() - 1), trained.get().recipe().tuning().name()));
        }
        if (!(stage instanceof Stage.Merge) || adapter) {
            return;
        }
        findings.add(place, path, before.isEmpty() ? say("nothing was trained before it that could be merged; take it "
                + "out")
                : trained.isPresent() ? say("%s trains the model's own weights (tuning.%s), so there is no adapter to "
                + "merge; take it out", path(stage.number() - 1), trained.get().recipe().tuning().name())
                : say("%s merges already; keep one", path(stage.number() - 1)));
    }
}
