package io.weft.data.prepare;

import io.weft.data.Conversation;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.data.augment.AnsweringModels;
import io.weft.data.read.DiskError;
import io.weft.file.AtomicFile;
import io.weft.file.Folders;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * From a user's file to a run's {@code data/} folder: read, clean, split, write. The folder is made under another name
 * and renamed when all of it is on the disk, so a {@code data/} is whole or is not there.
 */
public final class Preparation {
    private Preparation() {}

    /**
     * Prepares the data of a run.
     *
     * @param seed      of the split
     * @param runFolder gets a folder {@code data/}; made when it is not there
     * @throws UserError for settings, files and rows that cannot be used, for a run folder that has data already, and
     *     when the disk takes no more; then nothing is left behind
     */
    public static PreparedData prepare(DataSettings settings, long seed, Path runFolder) {
        return prepare(settings, seed, runFolder, Set.of(Conversation.class, Text.class)::contains);
    }

    /**
     * As {@link #prepare(DataSettings, long, Path)}, for who learns from other samples than conversations and texts.
     *
     * @param wanted whether a kind of sample is asked for, see {@link io.weft.data.format.FormatVote}
     */
    public static PreparedData prepare(DataSettings settings, long seed, Path runFolder,
            Predicate<Class<? extends Sample>> wanted) {
        return prepare(settings, seed, runFolder, wanted, AnsweringModels.NONE);
    }

    /** As the others, where a step may ask a model. @param models opens it */
    public static PreparedData prepare(DataSettings settings, long seed, Path runFolder,
            Predicate<Class<? extends Sample>> wanted, AnsweringModels models) {
        var problems = new Problems("data");
        settings.check(problems);
        problems.throwIfAny();
        Path data = runFolder.resolve("data"), staging = runFolder.resolve("data.partial");
        boolean made = !Files.exists(runFolder);
        try {
            refuseUsed(data);
            Files.createDirectories(runFolder);
            Folders.delete(staging);
            Files.createDirectory(staging);
            try (var pipeline = new RowPipeline(settings, seed, wanted, models, staging)) {
                pipeline.run();
            }
            AtomicFile.sync(staging);
            Files.deleteIfExists(data);
            Files.move(staging, data, StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.sync(runFolder);
            return PreparedData.open(data);
        } catch (IOException e) {
            throw unwritable(runFolder, e);
        } catch (UncheckedIOException e) {
            throw unwritable(runFolder, e.getCause());
        } finally {
            cleanUp(staging, made ? runFolder : staging);
        }
    }

    private static UserError unwritable(Path runFolder, IOException e) {
        return UserError.of(say("%s cannot be written: %s; free some space there, or choose another run folder",
                runFolder, DiskError.of(e)), e);
    }

    private static void refuseUsed(Path data) throws IOException {
        if (Files.exists(data)) {
            try (Stream<Path> files = Files.list(data)) {
                if (files.findAny().isPresent()) {
                    throw UserError.of(say("%s holds data already; choose another run folder, or delete it", data));
                }
            }
        }
    }

    /**
     * After success nothing is left to take away; after an error that error is what the user must hear, and what stays
     * is cleared by the next start.
     * @param empty goes too, when empty
     */
    private static void cleanUp(Path staging, Path empty) {
        try {
            Folders.delete(staging);
            Files.deleteIfExists(empty);
        } catch (IOException e) {
            return;
        }
    }
}
