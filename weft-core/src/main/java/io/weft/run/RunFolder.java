package io.weft.run;

import io.weft.file.AtomicFile;
import io.weft.file.Folders;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * Everything that is known about a run, in one folder of open formats. Board, resume, evaluate, export and serve read
 * nothing else about it.
 */
public record RunFolder(Path path) {
    private static final String RECIPE = "recipe.yaml", LOCK = ".lock", DATA = "data";
    private static final Set<String> BEFORE_A_RUN = Set.of(LOCK, DATA);

    /**
     * A new run; its data may be prepared already.
     *
     * @throws UserError when the folder holds something else or cannot be made
     */
    public static RunFolder create(Path path) {
        try {
            if (Files.exists(path) && !Files.isDirectory(path)) {
                throw UserError.of(say("%s is a file; give a folder for the run", path));
            }
            Files.createDirectories(path);
            try (Stream<Path> entries = Files.list(path)) {
                if (entries.anyMatch(entry -> !BEFORE_A_RUN.contains(entry.getFileName().toString()))) {
                    throw UserError.of(Files.exists(path.resolve(RECIPE))
                            ? say("%s holds a run already; go on with it by weft resume %s, or choose another --out",
                            path, path)
                            : say("%s is not empty; choose another --out", path));
                }
            }
            return new RunFolder(path);
        } catch (IOException e) {
            String reason = e instanceof FileSystemException system && system.getReason() != null ? system.getReason()
                    : e.getClass().getSimpleName().replace("Exception", "");
            throw UserError.of(say("%s cannot be made or written (%s); choose another --out", path, reason), e);
        }
    }

    /** A run that is there. @throws UserError when it is none */
    public static RunFolder open(Path path) {
        RunFolder folder = new RunFolder(path);
        if (!isOne(path)) {
            throw UserError.of(Files.isDirectory(folder.checkpoints())
                    ? say("%s has lost its %s; weft resume %s --restore-recipe writes it again from the newest "
                    + "checkpoint", path, RECIPE, path)
                    : say("%s is no run: it has no %s", path, RECIPE));
        }
        return folder;
    }

    /** The same for a run that may have lost its recipe. @throws UserError when it has no checkpoints either */
    public static RunFolder openWithoutRecipe(Path path) {
        RunFolder folder = new RunFolder(path);
        return Files.isDirectory(folder.checkpoints()) ? folder : open(path);
    }

    public static boolean isOne(Path path) { return Files.isRegularFile(path.resolve(RECIPE)); }

    /**
     * Keeps every other trainer out until it is closed; the system lets go of it when the process dies.
     * @throws UserError when another process trains in this folder
     */
    public AutoCloseable lock() {
        try {
            FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                channel.close();
                throw UserError.of(say("another process is training in %s; wait for it or choose another folder",
                        path));
            }
            return channel;
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be written: %s", path, e.getMessage()), e);
        }
    }

    /** Takes back what a start that failed has made. @param itself whether the folder goes, too */
    public void discard(boolean itself) {
        try {
            Folders.empty(path);
            if (itself) {
                Folders.delete(path);
            }
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(path, e);
        }
    }

    public Path recipe() { return path.resolve(RECIPE); }

    public Path events() { return path.resolve("events.jsonl"); }

    public Path trainerState() { return path.resolve("trainer_state.json"); }

    public Path tensorBoard() { return path.resolve("tensorboard"); }

    public Path chart() { return path.resolve("training_metrics.png"); }

    /** What the run took of its machine, see {@link MachineRecord}. */
    public Path machine() { return path.resolve("machine.json"); }

    /** Whether a process trains in it at this moment. */
    public boolean isBusy() {
        if (!Files.isRegularFile(path.resolve(LOCK))) {
            return false;
        }
        try (AutoCloseable free = lock()) {
            return false;
        } catch (UserError busy) {
            return true;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public Path data() { return path.resolve(DATA); }

    public Path checkpoints() { return path.resolve("checkpoints"); }

    /** The best adapter, in PEFT's files. */
    public Path adapter() { return path.resolve("adapter"); }

    /** The best model after full tuning, a whole Hugging Face folder. */
    public Path model() { return path.resolve("model"); }

    /** Answers that the model made while it was trained on them, where the objective has it make some. */
    public Path rollouts() { return path.resolve("rollouts.jsonl"); }

    /** A folder for each stage, in a run of several. */
    public Path stages() { return path.resolve("stages"); }

    /** The runs of its stages that were begun, in their order. */
    public List<Path> trainings() {
        if (!Files.isDirectory(stages())) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(stages())) {
            return folders.filter(RunFolder::isOne).sorted().toList();
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", stages(), e.getMessage()), e);
        }
    }

    public Path evaluation() { return path.resolve("evaluation"); }

    /** Makes a folder of the run. */
    public Path make(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(folder, e);
        }
    }
}
