package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What tuning methods have attached at one place of a model, by adapter, and how a pass chooses among it. */
final class Attached<D extends Parameters> implements Parameters {
    private final Map<String, D> byAdapter = new LinkedHashMap<>();

    /** @throws IllegalStateException when this adapter has attached something already */
    void attach(String place, String adapter, D delta) {
        if (byAdapter.containsKey(adapter)) {
            throw new IllegalStateException(place + " is tuned already");
        }
        byAdapter.put(adapter, delta);
    }

    D of(String adapter) { return byAdapter.get(adapter); }

    void remove(String adapter) { byAdapter.remove(adapter); }

    Stream<D> all() { return byAdapter.values().stream(); }

    boolean worksIn(Pass pass) { return !byAdapter.isEmpty() && !pass.adapters().isNone(); }

    /**
     * x as the deltas of the pass's adapters make it: in one call where documents do not differ, else in one for each
     * run of documents that have the same.
     *
     * @param x [T, ..]
     */
    Tensor apply(Tensor x, Pass pass, Change<D> change) {
        return each(x, pass, (delta, start, own, p) -> delta == null ? own : change.apply(delta, start, own, p));
    }

    /** The same where something becomes of all tokens: the delta of those whose adapter has none is null. */
    Tensor each(Tensor x, Pass pass, Change<D> change) {
        if (!pass.adapters().differ()) {
            return change.apply(chosen(pass, 0), 0, x, pass);
        }
        List<Tensor> parts = new ArrayList<>();
        for (int document = 0; document < pass.documents(); ) {
            int first = document, start = pass.start(document);
            do { // neighbours of one adapter together
                document++;
            } while (document < pass.documents() && pass.adapters().of(document).equals(pass.adapters().of(first)));
            int length = pass.start(document) - start;
            if (length > 0) {
                parts.add(change.apply(chosen(pass, first), start, x.narrow(0, start, length), pass));
            }
        }
        return Tensor.concat(0, parts);
    }

    /** That of a document's adapter, or null. */
    D chosen(Pass pass, int document) {
        Optional<String> adapter = pass.adapters().of(document);
        return adapter.isEmpty() ? null : byAdapter.get(adapter.get());
    }

    /** What a delta makes of some tokens, those from {@code start} on. */
    interface Change<D> {
        Tensor apply(D delta, int start, Tensor own, Pass pass);
    }

    @Override public Stream<Tensor> parameters() { return byAdapter.values().stream().flatMap(Parameters::parameters); }
}
