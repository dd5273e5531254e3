package io.weft.data.prepare;

import io.weft.data.Sample;
import io.weft.data.clean.Kept;
import io.weft.data.clean.Repeats;
import io.weft.data.mend.MendChange;
import io.weft.data.mend.Mended;
import io.weft.data.mend.RowStep;
import io.weft.data.mend.RowStep.Mender;
import io.weft.data.read.Outcome;
import io.weft.data.review.ReviewQueue;
import io.weft.problem.UserError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * The rows of one file on their way to the disk: what is rejected goes to the common file, what is kept through the
 * steps that look at single rows and into a spool.
 */
final class Gathering {
    /** A row step, opened. */
    private record Opened(String step, Mender mender) {}

    /** So many rows with one prompt are not read one by one by anybody. */
    private static final int MOST_REVIEWED = 1_000;
    private final List<Opened> steps = new ArrayList<>();
    private final RowSpool kept;
    private final MendLog log;
    private final RowFlags flags;
    private final boolean settled;
    private final Repeats repeats = new Repeats(), asRead;

    /**
     * @param kept    gets the rows  @param flags counts what is odd about them
     * @param settled whether no later step will change them, so that all figures can be taken at once
     */
    Gathering(DataSettings settings, RowSpool kept, MendLog log, RowFlags flags, boolean settled) {
        settings.mend().stream().filter(RowStep.class::isInstance)
                .forEach(step -> steps.add(new Opened(step.name(), ((RowStep) step).open())));
        this.kept = kept;
        this.log = log;
        this.flags = flags;
        this.settled = settled;
        asRead = settled ? repeats : new Repeats();
    }

    /** Reads the rows of a file to its end. */
    void read(CleanRows rows, RejectedRows rejected) throws IOException {
        while (rows.hasNext()) {
            Outcome<Kept> row = rows.next();
            if (row.taken().isPresent()) {
                keep(row.taken().get());
            } else {
                rejected.add(row.rejected().orElseThrow());
            }
        }
    }

    private void keep(Kept read) throws IOException {
        Optional<Kept> mended = mended(read);
        if (mended.isEmpty()) {
            return;
        }
        Kept row = mended.get();
        kept.add(row);
        if (settled) {
            take(row);
        } else {
            flags.addRead(row);
            asRead.add(row);
        }
    }

    private Optional<Kept> mended(Kept read) throws IOException {
        Kept row = read;
        for (Opened opened : steps) {
            Mended mended = opened.mender.mend(row.sample());
            if (mended.sample().isEmpty()) {
                log.add(opened.step, MendChange.dropped(mended.what().get(0), row.sample(), Optional.empty()));
                return Optional.empty();
            }
            if (!mended.what().isEmpty()) {
                log.add(opened.step, MendChange.changed(mended.what(), row.sample(), mended.sample().get()));
                row = row.with(mended.sample().get());
            }
        }
        return Optional.of(row);
    }

    private void take(Kept row) {
        flags.add(row);
        repeats.add(row);
    }

    /**
     * Takes the figures that could not be taken while rows were read.
     *
     * @param times how often each row of the spool is used
     */
    void take(int[] times) throws IOException {
        for (int number = 0; number < times.length; number++) {
            if (times[number] > 0) {
                Kept row = new Kept(number, kept.sample(number), List.of());
                repeats.add(row);
                for (int i = 0; i < times[number]; i++) {
                    flags.add(row);
                }
            }
        }
    }

    /** @throws UserError saying what dropped them, when no row is left */
    void requireRows(int read) {
        if (kept.left().length == 0) {
            String dropped = String.join(say(", "), log.counts().entrySet().stream()
                    .filter(step -> step.getValue().dropped() > 0).map(Map.Entry::getKey).toList());
            throw UserError.of(say("data.mend: of %d rows none is left; %s dropped them all. Look at their settings, "
                    + "or leave the step out", read, dropped));
        }
    }

    /**
     * Lays before a person what contradicts itself, and nobody has let stand.
     *
     * @param queue gets the rows as they are now
     */
    void review(ReviewQueue queue) throws IOException {
        for (Iterator<int[]> all = asRead.contradictions().iterator(); all.hasNext(); ) {
            int[] rows = IntStream.of(all.next()).filter(kept::holds).toArray();
            if (IntStream.of(rows).allMatch(kept::isSettled)) {
                continue;
            }
            List<Sample> contradicting = new ArrayList<>();
            for (int i = 0; i < Math.min(rows.length, MOST_REVIEWED); i++) {
                contradicting.add(kept.sample(rows[i]));
            }
            queue.add(contradicting);
        }
    }

    /** What stands twice in the file, or contradicts itself. */
    Repeats repeats() { return repeats; }

    RowSpool kept() { return kept; }
}
