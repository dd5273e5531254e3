package io.weft.data.prepare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Asked;
import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.data.clean.FingerprintSet;
import io.weft.data.clean.Kept;
import io.weft.data.clean.Repeats;
import io.weft.data.read.DiskError;
import io.weft.data.read.Outcome;
import io.weft.data.read.Rejected;
import io.weft.file.AtomicFile;
import io.weft.file.Folders;
import io.weft.file.Sha256;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
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
            Judged.class, "conflicting_label", Labelled.class, "conflicting_completion", Asked.class, "",
            Text.class, "");
    private final DataSettings settings;
    private final long seed;
    private final Predicate<Class<? extends Sample>> wanted;
    private final Path staging;
    private final DataFile rejectedRows;
    private final Map<String, Integer> reasons = new TreeMap<>(), repeated = new TreeMap<>(),
            unused = new TreeMap<>();
    private final List<Rejected> firstRejected = new ArrayList<>();
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
     * @param wanted whether a kind of sample is asked for, see {@link io.weft.data.format.FormatVote}
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
            Folders.delete(staging);
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
        try (var rows = CleanRows.open(source, settings, wanted, settings.rows());
                var kept = new RowSpool(source.toString(), staging.resolve("train.rows"))) {
            Gathering train = new Gathering(source, rows, kept);
            DataSettings resolved = settings.resolved(rows.format(), rows.style());
            if (heldOut.file().isPresent()) {
                writeWithOwn(heldOut.file().get(), resolved, train);
            } else {
                Split split = split(heldOut, kept.count());
                write(resolved, train, train, split.train(), split.heldOut());
            }
        }
    }

    /** @throws UserError saying also how many rows were set aside, when too few are left */
    private Split split(HeldOut heldOut, int rows) {
        try {
            return heldOut.split(rows, seed);
        } catch (UserError e) {
            if (rejected == 0) {
                throw e;
            }
            var problems = new Problems(say("%s; of %d rows read %d were set aside, and the file", e.getMessage(), read,
                    rejected));
            firstRejected.forEach(row -> problems.add(row.toString()));
            problems.throwIfAny();
            throw e;
        }
    }

    private void writeWithOwn(Path heldOut, DataSettings resolved, Gathering train) throws IOException {
        try (var rows = CleanRows.open(heldOut, resolved, wanted, OptionalInt.empty());
                var kept = new RowSpool(heldOut.toString(), staging.resolve("heldout.rows"))) {
            write(resolved, train, new Gathering(heldOut, rows, kept), Split.of(train.kept.count(), 0, seed).train(),
                    Split.of(kept.count(), 0, seed).train());
        }
    }

    private void write(DataSettings resolved, Gathering train, Gathering held, int[] trainRows, int[] heldOutRows)
            throws IOException {
        RowColumns columns = train.kept.columns().and(held.kept.columns());
        FingerprintSet trained = new FingerprintSet();
        Map<String, Manifest.Source> files = new TreeMap<>();
        int alsoTrained = 0;
        copy(train.kept, trainRows, columns, PreparedData.TRAIN, files);
        copy(held.kept, heldOutRows, columns, PreparedData.HELD_OUT, files);
        for (int row : trainRows) {
            trained.add(train.kept.asked(row));
        }
        for (int row : heldOutRows) {
            alsoTrained += trained.contains(held.kept.asked(row)) ? 1 : 0;
        }
        seal(files, PreparedData.REJECTED, rejectedRows.finish());
        Optional<Manifest.Source> heldOutSource = held == train ? Optional.empty() : Optional.of(held.source());
        Map<String, Integer> flags = new TreeMap<>(repeated);
        flags.putAll(survey.flags());
        var counts = new Manifest.Counts(read, rejected, trainRows.length, heldOutRows.length, alsoTrained);
        var manifest = new Manifest(resolved, seed, train.source(), heldOutSource, columns.names(), counts, reasons,
                flags, unused, files);
        Path report = staging.resolve(PreparedData.REPORT);
        AtomicFile.write(report, new DataReport(manifest, columns.kind(), survey, train.repeats, firstRejected,
                train.rows.mixture()).html()
                + "\n");
        files.put(PreparedData.REPORT, new Manifest.Source(PreparedData.REPORT, 1, Files.size(report),
                Sha256.of(report)));
        AtomicFile.write(staging.resolve(Manifest.NAME), manifest.json() + "\n");
    }

    /** Rows in their order, and beside them where each stands in the user's file. */
    private void copy(RowSpool from, int[] rows, RowColumns columns, String name, Map<String, Manifest.Source> files)
            throws IOException {
        Path path = staging.resolve(name);
        try (var file = new DataFile(path); var places = new DataFile(PlacesFile.beside(path))) {
            for (int row : rows) {
                from.copy(row, columns, file, places);
            }
            seal(files, name, file.finish());
            places.finish();
        }
    }

    private static void seal(Map<String, Manifest.Source> files, String name, DataFile.Seal seal) {
        files.put(name, new Manifest.Source(name, seal.lines(), seal.bytes(), seal.sha256()));
    }

    @Override public void close() throws IOException { rejectedRows.close(); }

    /** One file's rows, read to its end: what is kept goes to the disk, what is rejected to the common file. */
    private final class Gathering {
        private final Path file;
        private final CleanRows rows;
        private final RowSpool kept;
        private final Repeats repeats = new Repeats();

        private Gathering(Path file, CleanRows rows, RowSpool kept) throws IOException {
            this.file = file;
            this.rows = rows;
            this.kept = kept;
            while (rows.hasNext()) {
                Outcome<Kept> row = rows.next();
                if (row.taken().isPresent()) {
                    keep(row.taken().get());
                } else {
                    reject(row.rejected().orElseThrow());
                }
            }
            read += rows.read();
            rows.reasons().forEach((reason, count) -> reasons.merge(reason, count, Integer::sum));
            rows.unusedFields().forEach((field, count) -> unused.merge(field, count, Integer::sum));
            count("duplicate", repeats.duplicates());
            count(CONFLICTS.get(kept.columns().kind()), repeats.conflictingRows());
        }

        private void keep(Kept row) throws IOException {
            kept.add(row.sample());
            survey.add(row);
            repeats.add(row);
        }

        private void reject(Rejected row) throws IOException {
            rejected++;
            if (firstRejected.size() < SHOWN) {
                firstRejected.add(row);
            }
            ObjectNode line = RowSpool.JSON.createObjectNode().put("file", row.place().file())
                    .put("line", row.place().line());
            if (row.place().row() > 0) {
                line.put("number", row.place().row());
            }
            rejectedRows.write(RowSpool.JSON.writeValueAsBytes(line.put("reason", row.reason())
                    .put("detail", row.detail()).put("row", row.row())));
        }

        private Manifest.Source source() throws IOException {
            return new Manifest.Source(file.toString(), rows.read(), Files.size(file), Sha256.of(file));
        }
    }

    private void count(String flag, int rows) {
        if (rows > 0) {
            repeated.merge(flag, rows, Integer::sum);
        }
    }
}
