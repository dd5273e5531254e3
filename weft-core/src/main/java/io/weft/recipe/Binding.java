package io.weft.recipe;

import io.weft.data.prepare.DataSettings;
import io.weft.problem.Spelling;
import io.weft.settings.Node;
import io.weft.settings.Origin;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values;
import io.weft.train.TrainSettings;
import io.weft.tune.Full;
import io.weft.tune.Tuning;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Turns a written recipe into records. A setting with a problem gets its default, so that the rest can be checked too.
 */
final class Binding {
    private final Findings findings;

    Binding(Findings findings) { this.findings = findings; }

    /** Nothing when what every recipe must give is missing. */
    Optional<Recipe> recipe(Node.Mapping root) {
        if (isNewer(root.entries().get("version"))) {
            return Optional.empty();
        }
        refuseUnknown("", root.entries(), List.of("version", "model", "preset", "data", "tuning", "train"));
        given("version", Settings.VERSION_KEY, root.entries());
        String model = text(Settings.MODEL, root.entries());
        Optional<String> preset = Optional.ofNullable(text(Settings.PRESET, root.entries()));
        DataSettings data = section(Settings.DATA, root.entries().get("data"));
        Optional<Tuning> named = tuning(root.entries().get("tuning"));
        TrainSettings train = section(Settings.TRAIN, root.entries().get("train"));
        boolean pretraining = train.objective().equals("pretrain");
        if (pretraining && named.isPresent() && named.get().isAdapter()) {
            String method = "tuning." + named.get().name();
            findings.add(method, say("pretraining trains every weight; leave %s out, or set train.objective: sft",
                    method));
        }
        if (train.cadence().patience() > 0 && Values.Number.decimal(data.heldOut()).filter(share -> share == 0)
                .isPresent()) {
            findings.add("train.patience",
                    say("stopping early needs held-out rows, but data.heldOut is 0; give a share such as 0.1, or "
                    + "patience 0"));
        }
        Tuning tuning = named.orElse(pretraining ? new Full() : Settings.TUNINGS.get(0).defaults());
        return model == null || data.train().isEmpty() ? Optional.empty()
                : Optional.of(new Recipe(model, preset, data, tuning, train));
    }

    private boolean isNewer(Node version) {
        boolean newer = version instanceof Node.Scalar scalar
                && Values.WholeNumber.whole(scalar.text(), Settings.VERSION + 1, Long.MAX_VALUE).isPresent();
        if (newer) {
            findings.add("version",
                    say("this recipe has format %s, written by a newer Weft; this one knows %d. Update Weft",
                    version.described(), Settings.VERSION));
        }
        return newer;
    }

    private Optional<Tuning> tuning(Node node) {
        if (node == null || !(node.asGroup() instanceof Node.Mapping group)) {
            if (node != null) {
                findings.add(node.origin(), "tuning",
                        say("expected one of %s with its settings, found %s%s", methods(), node.described(),
                        Values.OneOf.names(Binding::methodNames).hint(node)));
            }
            return Optional.empty();
        }
        refuseUnknown("tuning", group.entries(), methodNames());
        List<Tuning> tunings = new ArrayList<>();
        for (Section<? extends Tuning> method : Settings.TUNINGS) {
            if (group.entries().containsKey(method.name())) {
                tunings.add(section(method, group.entries().get(method.name())));
            }
        }
        if (tunings.size() > 1) {
            findings.add(node.origin(), "tuning", say("has %s; a model is tuned in one way, so keep one",
                    String.join(say(" and "), group.entries().keySet())));
        }
        return tunings.stream().findFirst();
    }

    private static List<String> methodNames() { return Settings.TUNINGS.stream().map(Section::name).toList(); }

    private static String methods() { return String.join(say(", "), methodNames()); }

    private <R> R section(Section<R> section, Node node) {
        Node group = node == null ? Node.Mapping.empty(Origin.NOWHERE) : node.asGroup();
        Map<String, Node> entries = Map.of();
        String path = Settings.path(section);
        if (group instanceof Node.Mapping mapping) {
            entries = mapping.entries();
        } else {
            findings.add(node.origin(), path,
                    say("expected settings as 'key: value', found %s", node.described()));
        }
        refuseUnknown(path, entries, section.settings().stream().map(Setting::name).toList());
        Map<String, Object> values = new HashMap<>();
        for (Setting setting : section.settings()) {
            given(path + "." + setting.name(), setting, entries)
                    .ifPresent(value -> values.put(setting.name(), value.orElse(null)));
        }
        return section.with(values);
    }

    /** The value given for a setting, nothing within where it is unset; nothing at all where its default stands. */
    private Optional<Optional<Object>> given(String path, Setting setting, Map<String, Node> entries) {
        Node node = entries.get(setting.name());
        boolean missing = node == null || node instanceof Node.Scalar scalar && scalar.missing();
        if (missing && setting.isRequired()) {
            findings.add(path, say("is missing; expected %s", setting.values().expected()));
        }
        if (node == null || missing && (setting.isRequired() || setting.isOptional())) {
            return missing && setting.isOptional() ? Optional.of(Optional.empty()) : Optional.empty();
        }
        Optional<Object> value = setting.values().read(node);
        if (value.isEmpty()) {
            findings.add(node.origin(), path, say("expected %s, found %s%s", setting.values().expected(),
                    node.described(), setting.values().hint(node)));
        }
        return value.map(Optional::of);
    }

    /** The value of a setting outside of all sections, null where none is given. */
    private String text(Setting setting, Map<String, Node> entries) {
        return (String) given(setting.name(), setting, entries).flatMap(value -> value).orElse(null);
    }

    private void refuseUnknown(String group, Map<String, Node> entries, List<String> known) {
        entries.forEach((key, node) -> {
            if (!known.contains(key)) {
                findings.add(node.origin(), group.isEmpty() ? key : group + "." + key,
                        say("no such setting; %s", remedy(group, key, known)));
            }
        });
    }

    /** A sibling with nearly this name, else a setting of this name elsewhere, else what there is. */
    private static String remedy(String group, String key, Collection<String> siblings) {
        Optional<String> sibling = Spelling.nearest(key, siblings);
        Optional<String> elsewhere = Settings.paths().stream()
                .filter(path -> Spelling.same(path.substring(path.lastIndexOf('.') + 1), key)).findFirst();
        return (elsewhere.isPresent() && sibling.filter(name -> Spelling.same(name, key)).isEmpty() ? elsewhere
                : sibling.or(() -> elsewhere))
                .map(meant -> say("did you mean %s?", meant))
                .orElseGet(() -> siblings.isEmpty() ? say("%s has none", group)
                        : say("%s has %s", group.isEmpty() ? say("a recipe") : group,
                        String.join(say(", "), siblings)));
    }
}
