package io.weft.data.read;

import io.weft.data.Place;
import java.util.Optional;
import java.util.function.Function;

/**
 * What became of a row: it was taken on as something, or rejected; exactly one of the two is there.
 *
 * @param <T> what a row becomes: a {@link Row}, a cleaned sample
 */
public record Outcome<T>(Optional<T> taken, Optional<Rejected> rejected) {
    public static <T> Outcome<T> of(T taken) { return new Outcome<>(Optional.of(taken), Optional.empty()); }

    public static <T> Outcome<T> rejected(Rejected rejected) {
        return new Outcome<>(Optional.empty(), Optional.of(rejected));
    }

    /** @param row as JSON, or its text where it is none */
    static <T> Outcome<T> rejected(Place place, RowProblem problem, String row) {
        return rejected(new Rejected(place, problem, row));
    }

    /** What the next step makes of it; a rejected row stays rejected. */
    public <R> Outcome<R> then(Function<T, Outcome<R>> step) {
        return taken.map(step).orElseGet(() -> rejected(rejected.orElseThrow()));
    }
}
