package io.weft.data.mend;

import io.weft.data.Place;
import io.weft.data.Sample;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a step did to one row.
 *
 * @param kind   of change  @param what was done, in the step's own words  @param place of the row, which nothing
 * changes
 * @param after  empty where the row was dropped
 * @param other  the row for whose sake this one was dropped
 * @param times  how many copies more of a row that is repeated, else 0
 */
public record MendChange(Kind kind, List<String> what, Place place, Sample before, Optional<Sample> after,
        Optional<Place> other, int times) {
    /** What became of the row. */
    public enum Kind {
        CHANGED, DROPPED,
        /** Another row was made from it. */
        ADDED,
        REPEATED
    }

    public static MendChange changed(List<String> what, Sample before, Sample after) {
        return new MendChange(Kind.CHANGED, what, before.place(), before, Optional.of(after), Optional.empty(), 0);
    }

    public static MendChange dropped(String why, Sample row, Optional<Place> other) {
        return new MendChange(Kind.DROPPED, List.of(why), row.place(), row, Optional.empty(), other, 0);
    }

    public static MendChange added(String what, Sample from, Sample made) {
        return new MendChange(Kind.ADDED, List.of(what), from.place(), from, Optional.of(made), Optional.empty(), 0);
    }

    public static MendChange repeated(String why, Sample row, int times) {
        return new MendChange(Kind.REPEATED, List.of(why), row.place(), row, Optional.of(row), Optional.empty(),
                times);
    }

    /** What may be told of it. @param by see {@link RowStep#hiding} */
    public MendChange hiding(UnaryOperator<String> by) {
        return new MendChange(kind, what, place, SampleTexts.replaced(before, by),
                after.map(row -> SampleTexts.replaced(row, by)), other, times);
    }
}
