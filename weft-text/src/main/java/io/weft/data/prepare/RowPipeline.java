package io.weft.data.prepare;

import io.weft.data.Asked;
import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.data.augment.AnsweringModels;
import io.weft.data.mend.MendStep;
import io.weft.data.mend.PoolStep;
import io.weft.data.mend.RowGroups;
import io.weft.data.mend.RowStep;
import io.weft.data.mend.TrainingStep;
import io.weft.data.mend.step.DecideRows;
import io.weft.data.review.ReviewQueue;
import io.weft.file.Sha256;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Predicate;

import static io.weft.problem.Language.say;

/**
 * The way of rows from a user's file to a folder: read, mended one by one, put on the disk, mended together, split, the
 * training rows mended, and all written.
 */
final class RowPipeline implements Closeable {
    /** The flag of rows that contradict each other, by what they are; texts never do. */
    private static final Map<Class<? extends Sample>, String> CONFLICTS = Map.of(
            Conversation.class, "conflicting_completion", Preference.class, "conflicting_preference",
            Judged.class, "conflicting_label", Labelled.class, "conflicting_completion", Asked.class, "",
            Text.class, "");
    private final DataSettings settings;
    private final long seed;
    private final Predicate<Class<? extends Sample>> wanted;
    private final AnsweringModels models;
    private final Path folder;
    private final ReviewQueue review;
    private final RejectedRows rejected;
    private final MendLog log;
    private final Survey survey = new Survey();
    private final boolean settled;
    private final Map<String, Integer> reasons = new TreeMap<>(), oddities = new TreeMap<>(),
            unused = new TreeMap<>();
    private int read;

    /** @param folder an empty one, which becomes the run's data */
    RowPipeline(DataSettings settings, long seed, Predicate<Class<? extends Sample>> wanted, AnsweringModels models,
            Path folder) throws IOException {
        this.settings = settings;
        this.seed = seed;
        this.wanted = wanted;
        this.models = models;
        this.folder = folder;
        settled = settings.mend().stream().allMatch(RowStep.class::isInstance);
        rejected = new RejectedRows(folder.resolve(PreparedData.REJECTED), settings.hiding());
        log = new MendLog(folder.resolve(PreparedData.MENDED), settings.mend(), settings.hiding());
        review = new ReviewQueue(folder);
    }

    /** One file: its rows, and where what is left of them stands. */
    private record Source(Path file, CleanRows rows, Gathering gathering) {
        RowSpool kept() { return gathering.kept(); }

        Manifest.Source sealed() throws IOException {
            return new Manifest.Source(file.toString(), rows.read(), Files.size(file), Sha256.of(file));
        }
    }

    void run() throws IOException {
        HeldOut heldOut = HeldOut.of(settings.heldOut());
        Path file = Path.of(settings.train());
        try (var rows = CleanRows.open(file, settings, wanted, settings.rows());
                var kept = new RowSpool(file.toString(), folder.resolve("train.rows"), settings.groupedBy())) {
            Source train = gathered(file, rows, kept);
            DataSettings resolved = settings.resolved(rows.format(), rows.style());
            if (heldOut.file().isPresent()) {
                writeWithOwn(heldOut.file().get(), resolved, train);
            } else {
                write(resolved, train, train, split(heldOut, kept));
            }
        }
    }

    private Source gathered(Path file, CleanRows rows, RowSpool kept) throws IOException {
        Gathering gathering = new Gathering(settings, kept, log, survey, settled);
        gathering.read(rows, rejected);
        read += rows.read();
        rows.reasons().forEach((reason, count) -> reasons.merge(reason, count, Integer::sum));
        rows.unusedFields().forEach((field, count) -> unused.merge(field, count, Integer::sum));
        settings.groupedBy().forEach(by -> requireGroups(file, kept.groups(by), kept.count()));
        for (MendStep step : settings.mend()) {
            if (step instanceof PoolStep pooled) {
                pooled.mend(new SpoolPool(kept, step.name(), log, otherFiles(file), seed));
                gathering.requireRows(rows.kept());
            }
        }
        gathering.review(review);
        return new Source(file, rows, gathering);
    }

    /** Files whose rows are another pool than those of this one. */
    private List<String> otherFiles(Path file) {
        return HeldOut.of(settings.heldOut()).file().map(held -> held.equals(file) ? settings.train()
                : held.toString()).stream().toList();
    }

    /** @throws UserError when no row has what rows are to be grouped by */
    private static void requireGroups(Path file, RowGroups groups, int rows) {
        if (groups.without() < rows) {
            return;
        }
        throw UserError.of(groups.by().equals(RowGroups.LABEL)
                ? say("data: rows are to be grouped by label, and those of %s have none (labels are those of labelled "
                + "texts, marks, and the answers of conversations)", file)
                : say("data: rows are to be grouped by '%s', and no row of %s has such a field; name a field of the "
                + "rows, "
                + "'prompt' or 'label'", groups.by(), file));
    }

    /** Numbers in the spool. @throws UserError saying also how many rows were set aside, when too few are left */
    private Split split(HeldOut heldOut, RowSpool kept) {
        int[] left = kept.left();
        SplitSettings wished = settings.split();
        try {
            if (wished.isUsual()) {
                return heldOut.split(left.length, seed).of(left);
            }
            GroupedSplit.Result grouped = GroupedSplit.of(left, heldOut.count(left.length), seed,
                    wished.groupBy().map(kept::groups), wished.stratifyBy().map(kept::groups));
            oddities.putAll(grouped.flags());
            return grouped.split();
        } catch (UserError e) {
            if (rejected.count() == 0) {
                throw e;
            }
            var problems = new Problems(say("%s; of %d rows read %d were set aside, and the file", e.getMessage(), read,
                    rejected.count()));
            rejected.first().forEach(row -> problems.add(row.toString()));
            problems.throwIfAny();
            throw e;
        }
    }

    private void writeWithOwn(Path heldOut, DataSettings resolved, Source train) throws IOException {
        try (var rows = CleanRows.open(heldOut, resolved, wanted, OptionalInt.empty());
                var kept = new RowSpool(heldOut.toString(), folder.resolve("heldout.rows"), settings.groupedBy())) {
            Source held = gathered(heldOut, rows, kept);
            write(resolved, train, held, new Split(train.kept().left(), kept.left()));
        }
    }

    private void write(DataSettings resolved, Source train, Source held, Split split) throws IOException {
        TrainingList list = new TrainingList(train.kept(), split.train(), held.kept(), split.heldOut(), seed, log,
                models);
        for (MendStep step : settings.mend()) {
            if (step instanceof TrainingStep training) {
                training.mend(list.seenBy(step.name()));
            }
        }
        int[] trainRows = list.left();
        if (trainRows.length == 0) {
            throw UserError.of(say("data.mend: of %d rows to train on none is left", split.train().length));
        }
        review.close();
        figures(train, held, trainRows, split.heldOut());
        var files = new DataFiles(folder, train.kept().columns().and(held.kept().columns()));
        int alsoTrained = files.write(train.kept(), trainRows, held.kept(), split.heldOut());
        files.writeMade(list, trainRows);
        files.seal(PreparedData.REJECTED, rejected.finish());
        log.finish(files.sealed());
        Optional<Manifest.Source> heldOutSource = held == train ? Optional.empty() : Optional.of(held.sealed());
        Map<String, Integer> flags = new TreeMap<>(oddities);
        flags.putAll(survey.flags());
        if (review.rows() > 0 && settings.mend().stream().anyMatch(DecideRows.class::isInstance)) {
            flags.put(PreparedData.UNDECIDED, review.rows());
        }
        var counts = new Manifest.Counts(read, rejected.count(), trainRows.length, split.heldOut().length,
                alsoTrained);
        var manifest = new Manifest(resolved, seed, train.sealed(), heldOutSource, files.columns().names(), counts,
                reasons, flags, unused, log.counts(), files.sealed());
        files.writeReport(new DataReport(manifest, files.columns().kind(), survey, train.gathering().repeats(),
                rejected.first(), train.rows().mixture()).html());
        files.writeManifest(manifest);
    }

    private void figures(Source train, Source held, int[] trainRows, int[] heldOutRows) throws IOException {
        if (!settled) {
            int[] times = new int[train.kept().count()];
            int[] heldTimes = held == train ? times : new int[held.kept().count()];
            count(times, trainRows);
            count(heldTimes, heldOutRows);
            train.gathering().take(times);
            if (held != train) {
                held.gathering().take(heldTimes);
            }
        }
        for (Source source : held == train ? List.of(train) : List.of(train, held)) {
            flag("duplicate", source.gathering().repeats().duplicates());
            flag(CONFLICTS.get(source.kept().columns().kind()), source.gathering().repeats().conflictingRows());
        }
    }

    private static void count(int[] times, int[] rows) {
        for (int row : rows) {
            times[row]++;
        }
    }

    private void flag(String flag, int rows) {
        if (rows > 0) {
            oddities.merge(flag, rows, Integer::sum);
        }
    }

    @Override public void close() throws IOException {
        review.close();
        rejected.close();
        log.close();
    }
}
