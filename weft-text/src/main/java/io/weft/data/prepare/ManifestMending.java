package io.weft.data.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.mend.MendCounts;
import io.weft.data.mend.MendStep;
import io.weft.data.split.SplitSettings;
import io.weft.settings.Node;
import io.weft.settings.Setting;
import io.weft.settings.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a manifest says of mending: the steps with their settings, and what each did. Nothing where nothing was asked,
 * as
 * manifests were before there were steps.
 */
final class ManifestMending {
    private static final Values STEPS = values("mend");

    private ManifestMending() {}

    private static Values values(String key) {
        return DataSettings.DEFAULTS.section().setting(key).map(Setting::values).orElseThrow();
    }

    static boolean isAsked(DataSettings settings) { return !settings.mend().isEmpty() || !settings.split().isUsual()
            || settings.train().names().size() > 1; }

    /** A text, or a list of them. */
    static JsonNode train(TrainFiles files) {
        return RowSpool.JSON.valueToTree(files.names().size() == 1 ? files.names().get(0) : files.names());
    }

    static TrainFiles train(JsonNode data) {
        List<String> names = new ArrayList<>();
        JsonNode train = data.required("train");
        Iterable<JsonNode> all = train.isArray() ? train : List.of(train);
        all.forEach(name -> names.add(name.asText()));
        return new TrainFiles(names);
    }

    static void write(DataSettings settings, ObjectNode data) {
        settings.split().groupBy().ifPresent(by -> data.put("groupBy", by));
        settings.split().stratifyBy().ifPresent(by -> data.put("stratifyBy", by));
        if (!settings.mend().isEmpty()) {
            data.set("mend", RowSpool.JSON.valueToTree(STEPS.written(settings.mend())));
        }
    }

    static SplitSettings split(JsonNode data) {
        return new SplitSettings(data.required("heldOut").asText(), text(data, "groupBy"), text(data, "stratifyBy"));
    }

    private static Optional<String> text(JsonNode data, String key) {
        return data.has(key) ? Optional.of(data.get(key).asText()) : Optional.empty();
    }

    /** @throws IllegalArgumentException for steps that this Weft does not have */
    static List<MendStep> steps(JsonNode data) {
        if (!data.has("mend")) {
            return List.of();
        }
        Object written = RowSpool.JSON.convertValue(data.get("mend"), Object.class);
        return ((List<?>) STEPS.read(Node.of(written))
                .orElseThrow(() -> new IllegalArgumentException("settings.mend: " + data.get("mend"))))
                .stream().map(MendStep.class::cast).toList();
    }

    static void write(Map<String, MendCounts> steps, ObjectNode root) {
        if (steps.isEmpty()) {
            return;
        }
        ObjectNode mended = root.putObject("mended");
        steps.forEach((name, counts) -> {
            ObjectNode step = mended.putObject(name).put("changed", counts.changed()).put("dropped", counts.dropped())
                    .put("added", counts.added()).put("repeated", counts.repeated());
            ObjectNode what = step.putObject("what");
            counts.what().forEach(what::put);
        });
    }

    static Map<String, MendCounts> counts(JsonNode root) {
        Map<String, MendCounts> steps = new LinkedHashMap<>();
        root.path("mended").properties().forEach(step -> {
            JsonNode counts = step.getValue();
            Map<String, Integer> what = new TreeMap<>();
            counts.required("what").properties().forEach(one -> what.put(one.getKey(), one.getValue().asInt()));
            steps.put(step.getKey(), new MendCounts(counts.required("changed").asInt(),
                    counts.required("dropped").asInt(), counts.required("added").asInt(),
                    counts.required("repeated").asInt(), what));
        });
        return steps;
    }
}
