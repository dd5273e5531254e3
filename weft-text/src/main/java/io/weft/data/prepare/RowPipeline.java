package io.weft.data.prepare;

import io.weft.data.Asked;
import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Preference;
import io.weft.data.PromptStyle;
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
import io.weft.data.split.GroupedSplit;
import io.weft.data.split.HeldOut;
import io.weft.data.split.Split;
import io.weft.data.split.SplitSettings;
import io.weft.file.Sha256;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.settings.Values.OneOf;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
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
    private final RowFlags rowFlags = new RowFlags();
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

    /** The rows of one side: what of its files is read, and where what is left of it stands. */
    private record Source(List<Manifest.Source> files, Gathering gathering) {
        RowSpool kept() { return gathering.kept(); }
    }

    /** What the files were read as. @param format "auto" where each has its own */
    private record ReadAs(String format, PromptStyle style) {
        /** @throws UserError when prompts would be built in two ways */
        ReadAs and(ReadAs other, Path file) {
            if (style != other.style) {
                throw UserError.of(say("data.prompt: the prompts of %s (format %s) would be built as %s, those before "
                        + "it as %s; say which for all: data.prompt=%s", file, other.format, other.style.word(),
                        style.word(), style.word()));
            }
            return format.equals(other.format) ? this : new ReadAs(OneOf.AUTO, style);
        }
    }

    void run() throws IOException {
        HeldOut heldOut = HeldOut.of(settings.heldOut());
        try (var kept = new RowSpool(settings.train().names(), folder.resolve("train.rows"), settings.groupedBy())) {
            AtomicReference<ReadAs> readAs = new AtomicReference<>();
            Source train = gathered(settings.train().paths(), settings, settings.rows(), kept, readAs);
            settings.groupedBy().forEach(by -> requireGroups(kept.groups(by), kept.count()));
            DataSettings resolved = settings.resolved(readAs.get().format(), readAs.get().style());
            if (heldOut.file().isPresent()) {
                writeWithOwn(heldOut.file().get(), resolved, train);
            } else {
                write(resolved, train, train, split(heldOut, kept));
            }
        }
    }

    /** @param first of each file so many rows at most  @param readAs gets what the files were read as */
    private Source gathered(List<Path> files, DataSettings by, OptionalInt first, RowSpool kept,
            AtomicReference<ReadAs> readAs) throws IOException {
        Gathering gathering = new Gathering(settings, kept, log, rowFlags, settled);
        List<Manifest.Source> sealed = new ArrayList<>();
        int usable = 0;
        for (Path file : files) {
            try (CleanRows rows = CleanRows.open(file, by, wanted, first)) {
                gathering.read(rows, rejected);
                ReadAs own = new ReadAs(rows.format().name(), rows.style());
                readAs.set(readAs.get() == null ? own : readAs.get().and(own, file));
                read += rows.read();
                usable += rows.kept();
                rows.reasons().forEach((reason, count) -> reasons.merge(reason, count, Integer::sum));
                rows.unusedFields().forEach((field, count) -> unused.merge(field, count, Integer::sum));
                sealed.add(new Manifest.Source(file.toString(), rows.read(), Files.size(file), Sha256.of(file)));
            }
        }
        gathering.requireRows(usable);
        for (MendStep step : settings.mend()) {
            if (step instanceof PoolStep pooled) {
                pooled.mend(new SpoolPool(kept, step.name(), log, otherFiles(files), seed));
                gathering.requireRows(usable);
            }
        }
        gathering.review(review);
        return new Source(sealed, gathering);
    }

    /** Files whose rows are another pool than those of these. */
    private List<String> otherFiles(List<Path> files) {
        Optional<Path> held = HeldOut.of(settings.heldOut()).file();
        return held.isEmpty() ? List.of() : files.equals(List.of(held.get())) ? settings.train().names()
                : List.of(held.get().toString());
    }

    /** @throws UserError when no row has what rows are to be grouped by */
    private void requireGroups(RowGroups groups, int rows) {
        if (groups.without() < rows) {
            return;
        }
        throw UserError.of(groups.by().equals(RowGroups.LABEL)
                ? say("data: rows are to be grouped by label, and those of %s have none (labels are those of labelled "
                + "texts, marks, and the answers of conversations)", settings.train())
                : say("data: rows are to be grouped by '%s', and no row of %s has such a field; name a field of the "
                + "rows, 'prompt' or 'label'", groups.by(), settings.train()));
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
        try (var kept = new RowSpool(List.of(heldOut.toString()), folder.resolve("heldout.rows"),
                settings.groupedBy())) {
            Source held = gathered(List.of(heldOut), resolved, OptionalInt.empty(), kept, new AtomicReference<>());
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
        Optional<Manifest.Source> heldOutSource = held == train ? Optional.empty() : Optional.of(held.files().get(0));
        Map<String, Integer> flags = new TreeMap<>(oddities);
        flags.putAll(rowFlags.all());
        if (review.rows() > 0 && settings.mend().stream().anyMatch(DecideRows.class::isInstance)) {
            flags.put(PreparedData.UNDECIDED, review.rows());
        }
        var counts = new Manifest.Counts(read, rejected.count(), trainRows.length, split.heldOut().length,
                alsoTrained);
        var manifest = new Manifest(resolved, seed, train.files(), heldOutSource, files.columns().names(), counts,
                reasons, flags, unused, log.counts(), files.sealed());
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
