package io.weft.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * {@code stages.json} of a run of several stages: the recipe that it began with, and how far it is. Immutable; every
 * change is written whole.
 *
 * @param recipe as YAML
 */
public record StagesFile(String recipe, List<Entry> stages) {
    private static final String NAME = "stages.json", FORMAT = "weft.stages";
    private static final int VERSION = 1;

    /**
     * A stage.
     *
     * @param folder of it, below the run's  @param isMerge whether it trains nothing
     * @param base   the whole model that it began with, below the run's folder; nothing for the recipe's own, and
     *     before it began
     * @param ended  why it is over, a word of {@link RunEvent.Finished.Reason}; nothing before that
     * @param result the adapter or the whole model that it left, below the run's folder
     */
    public record Entry(int number, String name, String folder, boolean isMerge, Optional<String> base,
            Optional<String> ended, Optional<String> result) {
        /** Whether the next stage can begin. */
        public boolean isDone() { return result.isPresent(); }

        public Entry beginningWith(Optional<String> model) {
            return new Entry(number, name, folder, isMerge, model, ended, result);
        }

        public Entry ending(String reason, Optional<String> left) {
            return new Entry(number, name, folder, isMerge, base, Optional.of(reason), left);
        }
    }

    public StagesFile { stages = List.copyOf(stages); }

    /** Whether a run has several stages. */
    public static boolean isOne(RunFolder run) { return Files.isRegularFile(file(run)); }

    private static Path file(RunFolder run) { return run.path().resolve(NAME); }

    /** @throws UserError when it cannot be read, or a newer Weft wrote it */
    public static StagesFile read(RunFolder run) {
        Path file = file(run);
        ObjectNode root = JsonFile.object(file);
        if (root.path("version").asInt() > VERSION) {
            throw UserError.of(say("%s has format version %d, and this Weft reads up to %d; use a newer Weft",
                    file, root.path("version").asInt(), VERSION));
        }
        if (!FORMAT.equals(root.path("format").asText()) || !root.path("recipe").isTextual()
                || root.path("stages").isEmpty()) {
            throw UserError.of(say("%s is damaged: it is no list of stages; put it back as it was, or start a new run",
                    file));
        }
        List<Entry> stages = new ArrayList<>();
        for (JsonNode stage : root.path("stages")) {
            stages.add(new Entry(stage.path("number").asInt(), stage.path("name").asText(),
                    stage.path("folder").asText(), stage.path("merge").asBoolean(), text(stage, "base"),
                    text(stage, "ended"), text(stage, "result")));
        }
        return new StagesFile(root.path("recipe").asText(), stages);
    }

    private static Optional<String> text(JsonNode node, String key) {
        return Optional.ofNullable(node.path(key).textValue());
    }

    /** Replaces the file as a whole. */
    public StagesFile write(RunFolder run) {
        ObjectNode root = JsonFile.JSON.createObjectNode().put("format", FORMAT).put("version", VERSION)
                .put("recipe", recipe);
        var list = root.putArray("stages");
        for (Entry stage : stages) {
            list.addObject().put("number", stage.number()).put("name", stage.name()).put("folder", stage.folder())
                    .put("merge", stage.isMerge()).put("base", stage.base().orElse(null))
                    .put("ended", stage.ended().orElse(null)).put("result", stage.result().orElse(null));
        }
        AtomicFile.write(file(run), root.toPrettyString() + "\n");
        return this;
    }

    /** The same with another entry in the place of the one of its number. */
    public StagesFile with(Entry changed) {
        return new StagesFile(recipe, stages.stream().map(stage -> stage.number() == changed.number() ? changed : stage)
                .toList());
    }

    public Entry stage(int number) { return stages.get(number - 1); }

    public Entry last() { return stages.get(stages.size() - 1); }

    /** How many stages are done. */
    public int done() { return (int) stages.stream().filter(Entry::isDone).count(); }

    /** The stage that was not good for anything, where there is one. */
    public Optional<Entry> failed() {
        return stages.stream().filter(stage -> stage.ended().isPresent() && !stage.isDone()).findFirst();
    }

    /** The stage that was trained last, up to a number. */
    public Optional<Entry> trainedLast(int number) {
        return stages.subList(0, number).stream().filter(stage -> !stage.isMerge()).reduce((one, next) -> next);
    }
}
