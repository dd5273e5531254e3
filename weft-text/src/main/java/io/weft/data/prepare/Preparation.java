package io.weft.data.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.weft.data.Conversation;
import io.weft.data.Labelled;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.data.clean.Cleaner;
import io.weft.data.clean.Fingerprint;
import io.weft.data.clean.Repeats;
import io.weft.data.read.DiskError;
import io.weft.data.read.Rejected;
import io.weft.data.read.Row;
import io.weft.file.AtomicFile;
import io.weft.file.Sha256;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * From a user's file to a run's {@code data/} folder: read, clean, split, write. The folder is made under another name
 * and renamed when all of it is on the disk, so a {@code data/} is whole or is not there.
 */
public final class Preparation implements AutoCloseable {
    private static final int SHOWN = 50;
    /** The flag of rows that contradict each other, by what they are; texts never do. */
    private static final Map<Class<? extends Sample>, String> CONFLICTS = Map.of(
            Conversation.class, "conflicting_completion", Preference.class, "conflicting_preference",
            Labelled.class, "conflicting_label", Text.class, "");
    private final DataSettings settings;
    private final long seed;
    private final Predicate<Class<? extends Sample>> wanted;
    private final Path staging;
    private final DataFile rejectedRows;
    private final Map<String, Integer> reasons = new TreeMap<>(), flags = new TreeMap<>(), unused = new TreeMap<>();
    private final List<Rejected> firstRejected = new ArrayList<>();
    private final List<Flagged> firstFlagged = new ArrayList<>();
    private final Survey survey = new Survey();
    private int read, rejected;

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
     * @param wanted whether a kind of sample is asked for, see {@link io.weft.data.format.RowFormats#detect}
     */
    public static PreparedData prepare(DataSettings settings, long seed, Path runFolder,
            Predicate<Class<? extends Sample>> wanted) {
        var problems = new Problems("data");
        settings.check(problems);
        problems.throwIfAny();
        Path data = runFolder.resolve("data"), staging = runFolder.resolve("data.partial");
        boolean made = !Files.exists(runFolder);
        try {
            refuseUsed(data);
            Files.createDirectories(runFolder);
            delete(staging);
            Files.createDirectory(staging);
            try (var preparation = new Preparation(settings, seed, wanted, staging)) {
                preparation.run();
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
            delete(staging);
            Files.deleteIfExists(empty);
        } catch (IOException e) {
            return;
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> paths = Files.walk(folder)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private Preparation(DataSettings settings, long seed, Predicate<Class<? extends Sample>> wanted, Path staging)
            throws IOException {
        this.settings = settings;
        this.seed = seed;
        this.wanted = wanted;
        this.staging = staging;
        rejectedRows = new DataFile(staging.resolve(PreparedData.REJECTED));
    }

    private void run() throws IOException {
        HeldOut heldOut = HeldOut.of(settings.heldOut());
        Path source = Path.of(settings.train());
        try (var train = new Gathering(source, "train.rows", settings, settings.rows())) {
            DataSettings resolved = settings.resolved(train.rows.format(), train.rows.style());
            if (heldOut.file().isPresent()) {
                try (var held = new Gathering(heldOut.file().get(), "heldout.rows", resolved, OptionalInt.empty())) {
                    write(resolved, train, held, heldOut.split(train.kept.count(), seed).train(),
                            Split.of(held.kept.count(), 0, seed).train());
                }
            } else {
                Split split = heldOut.split(train.kept.count(), seed);
                write(resolved, train, train, split.train(), split.heldOut());
            }
        }
    }

    private void write(DataSettings resolved, Gathering train, Gathering held, int[] trainRows, int[] heldOutRows)
            throws IOException {
        RowColumns columns = train.kept.columns().and(held.kept.columns());
        Set<Fingerprint> trained = new HashSet<>();
        Map<String, Manifest.Source> files = new TreeMap<>();
        int alsoTrained = 0;
        try (var file = new DataFile(staging.resolve(PreparedData.TRAIN))) {
            for (int row : trainRows) {
                trained.add(Fingerprint.ofAsked(copy(train, row, columns, file)));
            }
            seal(files, PreparedData.TRAIN, file.finish());
        }
        try (var file = new DataFile(staging.resolve(PreparedData.HELD_OUT))) {
            for (int row : heldOutRows) {
                alsoTrained += trained.contains(Fingerprint.ofAsked(copy(held, row, columns, file))) ? 1 : 0;
            }
            seal(files, PreparedData.HELD_OUT, file.finish());
        }
        seal(files, PreparedData.REJECTED, rejectedRows.finish());
        Optional<Manifest.Source> heldOutSource = held == train ? Optional.empty() : Optional.of(held.source());
        var counts = new Manifest.Counts(read, rejected, trainRows.length, heldOutRows.length, alsoTrained);
        var manifest = new Manifest(resolved, seed, train.source(), heldOutSource, columns.names(), counts, reasons,
                flags, unused, files);
        Path report = staging.resolve(PreparedData.REPORT);
        AtomicFile.write(report, new DataReport(manifest, columns.kind(), survey, train.repeats, firstRejected,
                firstFlagged).html()
                + "\n");
        files.put(PreparedData.REPORT, new Manifest.Source(PreparedData.REPORT, 1, Files.size(report),
                Sha256.of(report)));
        AtomicFile.write(staging.resolve(Manifest.NAME), manifest.json() + "\n");
    }

    private static Sample copy(Gathering from, int row, RowColumns columns, DataFile to) throws IOException {
        Sample sample = from.kept.get(row);
        to.write(RowSpool.JSON.writeValueAsString(columns.write(sample)));
        return sample;
    }

    private static void seal(Map<String, Manifest.Source> files, String name, DataFile.Seal seal) {
        files.put(name, new Manifest.Source(name, seal.lines(), seal.bytes(), seal.sha256()));
    }

    @Override public void close() throws IOException { rejectedRows.close(); }

    /** One file's rows: what is kept goes to the disk, what is rejected to the common file. */
    private final class Gathering implements Cleaner.Sink, AutoCloseable {
        private final Path file;
        private final RowSpool kept;
        private final Repeats repeats = new Repeats();
        private final CleanRows rows;

        private Gathering(Path file, String name, DataSettings settings, OptionalInt first) throws IOException {
            this.file = file;
            kept = new RowSpool(file.toString(), staging.resolve(name));
            boolean done = false;
            try {
                rows = CleanRows.read(file, settings, wanted, first, this);
                done = true;
            } finally {
                if (!done) {
                    kept.close();
                }
            }
            read += rows.read();
            rows.reasons().forEach((reason, count) -> reasons.merge(reason, count, Integer::sum));
            rows.unusedFields().forEach((field, count) -> unused.merge(field, count, Integer::sum));
            count("duplicate", repeats.duplicates().size());
            count(CONFLICTS.get(kept.columns().kind()), repeats.conflictingRows());
        }

        private void count(String flag, int rows) {
            if (rows > 0) {
                flags.merge(flag, rows, Integer::sum);
            }
        }

        @Override public void kept(Row row, Sample sample, List<String> found) {
            try {
                kept.add(sample);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            survey.add(sample);
            repeats.add(row, sample);
            for (String flag : found) {
                count(flag, 1);
                if (firstFlagged.size() < SHOWN) {
                    firstFlagged.add(new Flagged(row.place(), flag));
                }
            }
        }

        @Override public void rejected(Rejected row) {
            rejected++;
            if (firstRejected.size() < SHOWN) {
                firstRejected.add(row);
            }
            try {
                rejectedRows.write(RowSpool.JSON.writeValueAsString(RowSpool.JSON.createObjectNode()
                        .put("file", row.place().file()).put("line", row.place().line())
                        .put("reason", row.reason()).put("detail", row.detail()).put("row", row.row())));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Manifest.Source source() throws IOException {
            return new Manifest.Source(file.toString(), rows.read(), Files.size(file), Sha256.of(file));
        }

        @Override public void close() throws IOException { kept.close(); }
    }
}
