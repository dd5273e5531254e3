package io.weft.data.prepare;

import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.mend.MendChange;
import io.weft.data.mend.Pool;
import io.weft.data.mend.RowGroups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** The rows of a spool as one step sees them: what it does is told. */
record SpoolPool(RowSpool rows, String step, MendLog log, List<String> otherFiles, long seed) implements Pool {
    @Override public int count() { return rows.count(); }

    @Override public boolean holds(int number) { return rows.holds(number); }

    @Override public Sample sample(int number) {
        try {
            return rows.sample(number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public RowGroups groups(String by) { return rows.groups(by); }

    @Override public void change(int number, Sample to, String what) {
        try {
            log.add(step, MendChange.changed(List.of(what), rows.sample(number), to));
            rows.change(number, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public void settle(int number) { rows.settle(number); }

    @Override public void drop(int number, String why) { drop(number, why, Optional.empty()); }

    @Override public void drop(int number, String why, int other) {
        drop(number, why, Optional.of(rows.place(other)));
    }

    private void drop(int number, String why, Optional<Place> other) {
        try {
            log.add(step, MendChange.dropped(why, rows.sample(number), other));
            rows.drop(number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
