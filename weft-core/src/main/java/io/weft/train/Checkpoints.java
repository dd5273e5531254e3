package io.weft.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.Folders;
import io.weft.file.Sha256;
import io.weft.model.folder.FolderSeal;
import io.weft.nn.CausalLm;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunFolder;
import io.weft.run.WarningText;
import io.weft.tensor.Engine;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tune.Tuning;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * The checkpoints of a run: {@code checkpoints/step-00000100/} with what was trained, optimizer.safetensors, state.json
 * and, written last, manifest.json with the SHA-256 of each. A checkpoint is made under another name, forced to disk
 * and renamed, so it is whole or not there; reading verifies every file and falls back to an older one.
 */
public final class Checkpoints {
    private static final String MANIFEST = "manifest.json", STATE = "state.json", OPTIMIZER = "optimizer.safetensors",
            FORMAT = "weft.checkpoint", PREFIX = "step-";
    /** 2 says which recipe and which base the checkpoint belongs to, and 1 did not. */
    private static final int VERSION = 2;
    /** Keys of state.json beside the state's own. */
    private static final List<String> BESIDE = List.of("logLength", "data", "recipe", "base", "beside");
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);
    private final RunFolder run;
    private final String dataHash;
    /** Damaged ones, later than where the run went on from. */
    private final Set<Path> passedOver = new TreeSet<>();

    /** @param dataHash stands for the rows that the run trains on; a checkpoint of other rows is refused */
    public Checkpoints(RunFolder run, String dataHash) {
        this.run = run;
        this.dataHash = dataHash;
    }

    /**
     * What a checkpoint keeps and gives back.
     *
     * @param base the name of the model that it belongs to, see {@link Tuning#write}
     */
    public record Trained(CausalLm model, Tuning tuning, String base, Optimizer optimizer) {}

    /**
     * A verified checkpoint.
     *
     * @param logLength bytes of the event log that belong to it
     * @param facts of the engine that made it
     * @param identity of its run; nothing in those of older versions
     */
    public record Checkpoint(Path folder, TrainState state, long logLength, Map<String, String> facts,
            Optional<RunIdentity> identity) {}

    /**
     * What was found by {@link #newest}.
     *
     * @param whole  the newest one from which the run can go on to its end, if any
     * @param damage of each that is newer than this one, newest first
     */
    public record Found(Optional<Checkpoint> whole, List<Warned> damage) {
        public Found { damage = List.copyOf(damage); }
    }

    /**
     * Commits, then removes the oldest ones beyond {@code keep}, never the best.
     *
     * @return the folder, relative to the run
     */
    public String commit(Trained trained, RunIdentity identity, TrainState state, long logLength, int keep) {
        Path target = folder(state.step()), unfinished = run.checkpoints().resolve(".tmp-" + UUID.randomUUID());
        try {
            Files.createDirectories(unfinished);
            trained.tuning().write(trained.model(), unfinished, trained.base());
            SafeTensors.write(unfinished.resolve(OPTIMIZER), trained.optimizer().state());
            ObjectNode stateJson = JSON.valueToTree(state);
            stateJson.put("logLength", logLength).put("data", dataHash).put("recipe", identity.recipe())
                    .set("base", JSON.valueToTree(identity.seals().base()));
            stateJson.set("beside", JSON.valueToTree(identity.seals().beside()));
            AtomicFile.write(unfinished.resolve(STATE), stateJson.toPrettyString() + "\n");
            AtomicFile.write(unfinished.resolve(MANIFEST), manifest(unfinished).toPrettyString() + "\n");
            delete(target); // what a killed run committed beyond the point that it goes on from
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.sync(run.checkpoints());
            passedOver.remove(target);
            passedOver.stream().filter(damaged -> damaged.compareTo(target) < 0).forEach(Checkpoints::delete);
            prune(keep, state);
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(target, e);
        } finally {
            delete(unfinished);
        }
        return run.path().relativize(target).toString().replace('\\', '/');
    }

    private static ObjectNode manifest(Path folder) throws IOException {
        ObjectNode manifest = JSON.createObjectNode().put("format", FORMAT).put("version", VERSION);
        ObjectNode files = manifest.putObject("files");
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.sorted().toList()) {
                files.putObject(file.getFileName().toString()).put("bytes", Files.size(file))
                        .put("sha256", Sha256.of(file));
            }
        }
        manifest.set("engine", JSON.valueToTree(Engine.facts()));
        return manifest;
    }

    /**
     * The newest whole checkpoint from which the run can go on to its end, so the best one that it names must be whole
     * too. Changes nothing on the disk.
     */
    public Found newest() {
        Map<Path, Warned> damaged = new LinkedHashMap<>();
        Optional<Checkpoint> whole = Optional.empty();
        for (Path folder : newestFirst()) {
            Optional<Warned> damage = damage(folder);
            if (damage.isEmpty()) {
                Checkpoint checkpoint = read(folder);
                damage = damageOfTheBest(checkpoint, !damaged.isEmpty());
                if (damage.isEmpty()) {
                    whole = Optional.of(checkpoint);
                    break;
                }
            }
            damaged.put(folder, damage.get());
        }
        passedOver.addAll(damaged.keySet());
        return new Found(whole, new ArrayList<>(damaged.values()));
    }

    /** @param passedOver whether a newer checkpoint stood here: when it became the best, the older best one went */
    private Optional<Warned> damageOfTheBest(Checkpoint checkpoint, boolean passedOver) {
        int best = checkpoint.state().bestStep();
        if (best < 0 || best == checkpoint.state().step() || passedOver && !Files.exists(folder(best))) {
            return Optional.empty();
        }
        return damage(folder(best)).map(damage -> Warned.of(0, "checkpoint.best", checkpoint.folder(), folder(best)));
    }

    /** The checkpoint of a step. @throws UserError when it is gone or damaged */
    public Path whole(int step) {
        damage(folder(step)).ifPresent(damage -> {
            throw UserError.of(WarningText.of(damage));
        });
        return folder(step);
    }

    /** Puts weights and moments back. @throws UserError when they are not of this model */
    public void restore(Checkpoint checkpoint, Trained trained) {
        trained.tuning().read(trained.model(), checkpoint.folder());
        Optimizer optimizer = trained.optimizer();
        SafeTensors moments = SafeTensors.open(checkpoint.folder().resolve(OPTIMIZER));
        Problems problems = new Problems(moments.file().toString());
        optimizer.state().forEach((name, tensor) -> {
            if (!moments.has(name)) {
                problems.add(say("%s is missing", name));
            } else if (!Arrays.equals(moments.entry(name).shape(), tensor.shape())) {
                problems.add(say("%s has shape %s; the model needs %s", name,
                        Arrays.toString(moments.entry(name).shape()), Arrays.toString(tensor.shape())));
            }
        });
        problems.throwIfAny();
        Scope.run(() -> optimizer.restore(moments.readAll(), checkpoint.state().optimizerSteps()));
    }

    /** What is wrong with a checkpoint, if anything. */
    private Optional<Warned> damage(Path folder) {
        Path file = folder.resolve(MANIFEST);
        try {
            if (!Files.exists(file)) {
                return damaged(folder, "missing", MANIFEST);
            }
            JsonNode manifest = JSON.readTree(Files.readAllBytes(file));
            if (!manifest.path("format").asText().equals(FORMAT) || manifest.path("version").asInt() < 1) {
                return damaged(folder, "unreadable", MANIFEST);
            }
            if (manifest.path("version").asInt() > VERSION) {
                throw UserError.of(say("%s has format version %d, and this Weft reads up to %d; use a newer Weft",
                        file, manifest.path("version").asInt(), VERSION));
            }
            for (Map.Entry<String, JsonNode> entry : manifest.path("files").properties()) {
                Path named = folder.resolve(entry.getKey()).normalize();
                if (!folder.normalize().equals(named.getParent()) || !Files.isRegularFile(named)) {
                    return damaged(folder, "missing", entry.getKey());
                }
                if (Files.size(named) != entry.getValue().path("bytes").asLong() || !sum(named)
                        .equals(Optional.of(entry.getValue().path("sha256").asText()))) {
                    return damaged(folder, "changed", entry.getKey());
                }
            }
            return manifest.path("files").has(STATE) && manifest.path("files").has(OPTIMIZER) ? Optional.empty()
                    : damaged(folder, "missing", STATE);
        } catch (IOException | InvalidPathException e) {
            return damaged(folder, "unreadable", MANIFEST);
        }
    }

    private static Optional<Warned> damaged(Path folder, String how, String file) {
        return Optional.of(Warned.of(0, "checkpoint." + how, folder, file));
    }

    /** Nothing when the disk does not give the file back, which is damage too. */
    private static Optional<String> sum(Path file) {
        try {
            return Optional.of(Sha256.of(file));
        } catch (UserError unreadable) {
            return Optional.empty();
        }
    }

    /**
     * The newest checkpoint that can be read, for those who only want to know what the run is: its sums are not
     * verified, and what is trained is not opened.
     */
    public static Optional<Checkpoint> told(RunFolder run) {
        for (Path folder : new Checkpoints(run, "").newestFirst()) {
            try {
                return Optional.of(parsed(folder, state(folder)));
            } catch (IOException | RuntimeException damaged) {
                // an older one may say as much; whoever goes on from checkpoints is told of the damage
            }
        }
        return Optional.empty();
    }

    private static ObjectNode state(Path folder) throws IOException {
        return (ObjectNode) JSON.readTree(Files.readAllBytes(folder.resolve(STATE)));
    }

    private Checkpoint read(Path folder) {
        try {
            ObjectNode state = state(folder);
            if (!state.path("data").asText().equals(dataHash)) {
                throw UserError.of(say("%s belongs to other training rows than %s holds now; restore the data folder, "
                        + "or start a new run",
                        folder, run.data()));
            }
            return parsed(folder, state);
        } catch (JsonProcessingException e) {
            throw UserError.of(say("%s does not hold the state of a run that this Weft knows; use the Weft that wrote "
                    + "it", folder.resolve(STATE)), e);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", folder, e.getMessage()), e);
        }
    }

    private static Checkpoint parsed(Path folder, ObjectNode state) throws IOException {
        Map<String, String> facts = new TreeMap<>();
        JSON.readTree(Files.readAllBytes(folder.resolve(MANIFEST))).path("engine").properties()
                .forEach(fact -> facts.put(fact.getKey(), fact.getValue().asText()));
        Optional<RunIdentity> identity = state.has("recipe") ? Optional.of(new RunIdentity(
                state.path("recipe").asText(), seals(state))) : Optional.empty();
        return new Checkpoint(folder, JSON.treeToValue(state.deepCopy().without(BESIDE), TrainState.class),
                state.path("logLength").asLong(), facts, identity);
    }

    private static ModelSeals seals(JsonNode state) throws IOException {
        Map<String, FolderSeal> beside = new TreeMap<>();
        for (Map.Entry<String, JsonNode> one : state.path("beside").properties()) {
            beside.put(one.getKey(), JSON.treeToValue(one.getValue(), FolderSeal.class));
        }
        return new ModelSeals(JSON.treeToValue(state.path("base"), FolderSeal.class), beside);
    }

    /** Later ones than the present step were passed over as damaged, and do not count: they will be made again. */
    private void prune(int keep, TrainState state) {
        List<Path> all = newestFirst().stream().filter(folder -> folder.compareTo(folder(state.step())) <= 0).toList();
        for (Path old : all.subList(Math.min(keep, all.size()), all.size())) {
            if (!old.equals(folder(state.bestStep()))) {
                delete(old);
            }
        }
    }

    private List<Path> newestFirst() {
        if (!Files.isDirectory(run.checkpoints())) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(run.checkpoints())) {
            return new ArrayList<>(folders.filter(folder -> folder.getFileName().toString().startsWith(PREFIX))
                    .sorted(Comparator.reverseOrder()).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folder(int step) {
        return run.checkpoints().resolve(PREFIX + String.format(java.util.Locale.ROOT, "%08d", step));
    }

    /** Removes what unfinished commits of a killed run left behind. */
    public void clean() {
        if (Files.isDirectory(run.checkpoints())) {
            try (Stream<Path> entries = Files.list(run.checkpoints())) {
                entries.filter(entry -> entry.getFileName().toString().startsWith(".tmp-"))
                        .forEach(Checkpoints::delete);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The manifest goes first, so that a half-removed checkpoint is not taken for a whole one. */
    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.deleteIfExists(folder.resolve(MANIFEST));
            Folders.delete(folder);
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(folder, e);
        }
    }
}
