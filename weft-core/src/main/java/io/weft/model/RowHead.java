package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

import static io.weft.problem.Language.say;

/**
 * What config.json says of a head that reads whole rows, as transformers' {@code XForSequenceClassification} writes it:
 * such a class among "architectures", and the names of its outputs in "id2label". The weight is {@value #NAME} [labels,
 * D], whatever the family, and has no bias.
 */
public final class RowHead {
    /** The linear's name, in every family that transformers has. */
    public static final String NAME = "score";
    private static final String ARCHITECTURES = "architectures", CLASS = "ForSequenceClassification",
            ID2LABEL = "id2label", LABEL2ID = "label2id", COUNT = "num_labels", PAD = "pad_token_id";
    private static final String USUAL = "LABEL_";
    private static final int USUAL_COUNT = 2; // of PretrainedConfig
    /** What a class that has another head ends with. */
    private static final String OTHER_HEADS = "(?:ForCausalLM|LMHeadModel|ForConditionalGeneration|Model)$";

    private RowHead() {}

    /**
     * The labels that the model tells apart, in the order of the head's outputs, a single one where it gives rows a
     * score; empty where it says tokens.
     *
     * @throws io.weft.problem.UserError when the names do not count from 0, or it may give a row several labels
     */
    public static Optional<List<String>> labels(HfConfig config) {
        JsonNode root = config.json();
        boolean ofRows = StreamSupport.stream(root.path(ARCHITECTURES).spliterator(), false)
                .anyMatch(name -> name.asText().endsWith(CLASS));
        if (!ofRows) {
            return Optional.empty();
        }
        JsonNode type = root.path("problem_type");
        if (type.asText().equals("multi_label_classification")) {
            throw config.wrong("problem_type", type, say("single_label_classification, as Weft gives a row one label"));
        }
        JsonNode named = root.path(ID2LABEL);
        if (!named.isObject() || named.isEmpty()) {
            return Optional.of(usual(root.path(COUNT).asInt(USUAL_COUNT)));
        }
        List<String> labels = new ArrayList<>();
        for (int id = 0; id < named.size(); id++) {
            JsonNode label = named.path(Integer.toString(id));
            if (!label.isValueNode() || label.isNull()) {
                throw config.wrong(ID2LABEL, named, say("a name for each id from 0 to %d", named.size() - 1));
            }
            labels.add(label.asText());
        }
        return Optional.of(List.copyOf(labels));
    }

    /** Names for labels that nobody named, as transformers has them: LABEL_0, LABEL_1, ... */
    public static List<String> usual(int count) {
        return IntStream.range(0, count).mapToObj(id -> USUAL + id).toList();
    }

    /**
     * The config of the same body with such a head.
     *
     * @param pad fills up batches elsewhere, where the config names no such token
     */
    public static HfConfig telling(HfConfig config, List<String> labels, OptionalInt pad) {
        ObjectNode root = config.json().deepCopy();
        root.putArray(ARCHITECTURES).add(className(root));
        ObjectNode names = root.putObject(ID2LABEL), ids = root.putObject(LABEL2ID);
        for (int id = 0; id < labels.size(); id++) {
            names.put(Integer.toString(id), labels.get(id));
            ids.put(labels.get(id), id);
        }
        root.remove(List.of(COUNT, "_num_labels", "problem_type"));
        if (pad.isPresent() && !root.hasNonNull(PAD)) {
            root.put(PAD, pad.getAsInt());
        }
        return config.with(root);
    }

    /** As the family's class for this head is called; where the config names none, by its model_type. */
    private static String className(JsonNode root) {
        String family = Arrays.stream(root.path("model_type").asText().split("_"))
                .map(part -> part.substring(0, Math.min(1, part.length())).toUpperCase(Locale.ROOT)
                + part.substring(Math.min(1, part.length()))).collect(Collectors.joining());
        String own = root.path(ARCHITECTURES).path(0).asText(family);
        return own.endsWith(CLASS) ? own : own.replaceFirst(OTHER_HEADS, "") + CLASS;
    }
}
