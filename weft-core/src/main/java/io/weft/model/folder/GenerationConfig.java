package io.weft.model.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The generation_config.json of a folder that Weft writes: the base's own settings, and whatever ends the tuned model's
 * answers, so that other tools end them, too.
 */
public final class GenerationConfig {
    private static final String END_IDS = "eos_token_id", END_TEXTS = "stop_strings";
    /** What other tools take from config.json where there is no generation_config.json. */
    private static final List<String> OF_CONFIG = List.of("bos_token_id", END_IDS, "pad_token_id");

    private GenerationConfig() {}

    /**
     * Writes the base's file with the ends that it lacks, its own first; nothing where it lacks none.
     *
     * @param file   the base's, which may be missing  @param config its config.json  @param target a folder
     * @param ids    tokens that end an answer
     * @param texts  texts that end one; transformers' generate() asks for its argument {@code tokenizer} where a file
     *     names such
     */
    public static void write(Path file, Path config, Path target, Collection<Integer> ids, Collection<String> texts) {
        JsonNode declared = JsonFile.optional(config);
        boolean exists = Files.isRegularFile(file);
        ObjectNode settings = exists ? JsonFile.object(file) : JsonFile.JSON.createObjectNode();
        Set<Integer> told = new LinkedHashSet<>();
        ids(settings.path(END_IDS), told);
        if (!exists) {
            ids(declared.path(END_IDS), told);
        }
        Set<Integer> all = new LinkedHashSet<>(told);
        ids(declared.path(END_IDS), all);
        all.addAll(new TreeSet<>(ids));
        Set<String> toldTexts = new LinkedHashSet<>();
        each(settings.path(END_TEXTS), text -> toldTexts.add(text.asText()));
        Set<String> allTexts = new LinkedHashSet<>(toldTexts);
        allTexts.addAll(texts);
        if (all.equals(told) && allTexts.equals(toldTexts)) {
            return;
        }
        if (!exists) {
            OF_CONFIG.stream().filter(declared::hasNonNull).forEach(key -> settings.set(key, declared.get(key)));
        }
        if (!all.equals(told)) {
            ArrayNode array = settings.putArray(END_IDS);
            all.forEach(array::add);
        }
        if (!allTexts.equals(toldTexts)) {
            ArrayNode array = settings.putArray(END_TEXTS);
            allTexts.forEach(array::add);
        }
        AtomicFile.write(target.resolve(GenerationFile.NAME), settings.toPrettyString() + "\n");
    }

    /** Adds the ids of a key; some files say -1 for none. */
    private static void ids(JsonNode node, Set<Integer> to) {
        each(node, id -> {
            if (id.asInt(-1) >= 0) {
                to.add(id.asInt());
            }
        });
    }

    /** A value, or each of a list; none where it is missing or null. */
    private static void each(JsonNode node, Consumer<JsonNode> take) {
        if (node.isArray()) {
            node.forEach(take);
        } else if (!node.isMissingNode() && !node.isNull()) {
            take.accept(node);
        }
    }
}
