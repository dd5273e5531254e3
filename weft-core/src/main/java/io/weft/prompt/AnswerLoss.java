package io.weft.prompt;

import io.weft.data.Example;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.KeyValuePrefix;
import io.weft.nn.Pass;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * The loss of each of many documents' answers, without gradients. How documents begin alike, as all rows behind one
 * prompt do, is computed once: all of them together or candidate by candidate, whichever leaves fewer tokens. Belongs
 * to the thread of its model.
 */
final class AnswerLoss {
    /** Tokens of one pass: enough for full speed on a processor, few enough for its memory. */
    private static final int PASS_TOKENS = 2048;
    private static final long CHUNK_BYTES = 64L << 20;
    private final CausalLm model;
    private long computed;

    AnswerLoss(CausalLm model) { this.model = model; }

    /** Documents that go on where a common beginning ends. @param numbers of the documents in the caller's order */
    private record Unit(int[] beginning, List<Example> documents, List<Integer> numbers) {
        int tokens() {
            return beginning.length + documents.stream().mapToInt(document -> document.length() - beginning.length)
                    .sum();
        }
    }

    /** Tokens that went through the model so far. */
    long computedTokens() { return computed; }

    /**
     * @param candidates documents of each candidate
     * @return for each document, candidate by candidate, the sum of its answer's losses in nats
     */
    double[] sums(List<List<Example>> candidates) {
        double[] sums = new double[candidates.stream().mapToInt(List::size).sum()];
        Device.run(model.device(), () -> NoGrad.run(() -> {
            List<Unit> open = new ArrayList<>();
            int tokens = 0;
            for (Unit unit : units(candidates)) {
                if (!open.isEmpty() && tokens + unit.tokens() > PASS_TOKENS) {
                    List<Unit> full = List.copyOf(open);
                    Scope.run(() -> compute(full, sums));
                    open.clear();
                    tokens = 0;
                }
                open.add(unit);
                tokens += unit.tokens();
            }
            Scope.run(() -> compute(open, sums));
        }));
        return sums;
    }

    private List<Unit> units(List<List<Example>> candidates) {
        List<Unit> apart = new ArrayList<>();
        List<Example> all = new ArrayList<>();
        for (List<Example> documents : candidates) {
            int first = all.size();
            all.addAll(documents);
            apart.add(unit(documents, IntStream.range(first, all.size()).boxed().toList()));
        }
        Unit together = unit(all, IntStream.range(0, all.size()).boxed().toList());
        ToIntFunction<List<Unit>> tokens = units -> units.stream().mapToInt(Unit::tokens).sum();
        return tokens.applyAsInt(apart) < together.tokens() ? apart : List.of(together);
    }

    /** The last token before an answer is always computed with its own document: it predicts. */
    private Unit unit(List<Example> documents, List<Integer> numbers) {
        int[] first = documents.get(0).ids();
        int common = documents.size() == 1 ? 0 : first.length;
        for (Example document : documents) {
            int mismatch = Arrays.mismatch(first, document.ids());
            common = Math.min(common, mismatch < 0 ? first.length : mismatch);
            common = Math.min(common, firstTrained(document) - 1);
        }
        return new Unit(Arrays.copyOf(first, Math.max(0, common)), documents, numbers);
    }

    private static int firstTrained(Example document) {
        int first = 1;
        while (!document.trained()[first]) {
            first++;
        }
        return first;
    }

    private void compute(List<Unit> units, double[] sums) {
        KeyValuePrefix[] beginnings = beginnings(units);
        List<int[]> order = new ArrayList<>();   // unit and document
        int tokens = 0;
        for (int u = 0; u < units.size(); u++) {
            Unit unit = units.get(u);
            for (int d = 0; d < unit.documents.size(); d++) {
                int length = unit.documents.get(d).length() - unit.beginning.length;
                if (!order.isEmpty() && tokens + length > PASS_TOKENS) {
                    pass(units, beginnings, order, sums);
                    order.clear();
                    tokens = 0;
                }
                order.add(new int[] {u, d});
                tokens += length;
            }
        }
        pass(units, beginnings, order, sums);
    }

    /** Of each unit what was computed of its beginning; null where it has none. */
    private KeyValuePrefix[] beginnings(List<Unit> units) {
        int[] counts = units.stream().mapToInt(unit -> unit.beginning.length).toArray();
        KeyValuePrefix[] made = new KeyValuePrefix[counts.length];
        if (Arrays.stream(counts).sum() == 0) {
            return made;
        }
        KeyValueCache cache = model.cache(Arrays.stream(counts).map(KeyValueCache::pagesFor).sum());
        List<KeyValueCache.Row> rows = cache.open(counts.length);
        for (int i = 0; i < counts.length; i++) {
            rows.get(i).reserve(counts[i], false);
        }
        int[] ids = units.stream().flatMapToInt(unit -> Arrays.stream(unit.beginning)).toArray();
        computed += ids.length;
        Scope.run(() -> model.hidden(ids, cache.next(rows, counts)));
        for (int i = 0; i < made.length; i++) {
            made[i] = counts[i] == 0 ? null : rows.get(i).prefix();
        }
        return made;
    }

    private void pass(List<Unit> units, KeyValuePrefix[] beginnings, List<int[]> order, double[] sums) {
        Scope.run(() -> {
            Rests rests = Rests.of(units, order);
            Pass pass = Pass.of(rests.positions, rests.starts);
            for (int u = 0; u < beginnings.length; u++) {
                int unit = u;
                int[] own = IntStream.range(0, order.size()).filter(i -> order.get(i)[0] == unit).toArray();
                pass = beginnings[u] == null || own.length == 0 ? pass : pass.with(beginnings[u], own);
            }
            computed += rests.ids.length;
            Tensor hidden = model.hidden(rests.ids, pass);
            int most = (int) Math.max(16, CHUNK_BYTES / (4L * model.vocabulary()));
            for (int from = 0; from < rests.places.length; from += most) {
                int start = from, length = Math.min(most, rests.places.length - from);
                float[] losses = Scope.value(() -> losses(hidden, rests, start, length).toFloats());
                for (int i = 0; i < length; i++) {
                    int[] which = order.get(rests.documents[start + i]);
                    sums[units.get(which[0]).numbers.get(which[1])] += losses[i];
                }
            }
        });
    }

    private Tensor losses(Tensor hidden, Rests rests, int start, int length) {
        int[] places = Arrays.copyOfRange(rests.places, start, start + length);
        int[] targets = Arrays.copyOfRange(rests.targets, start, start + length);
        Tensor logits = model.logits(hidden.rows(Tensor.of(places, length))).to(DType.F32);
        return logits.logSumExp().sub(logits.gather(Tensor.of(targets, length, 1)).squeeze(1));
    }

    /**
     * What documents have behind their beginnings, end to end.
     *
     * @param places tokens that predict one of an answer  @param documents and whose they are
     */
    private record Rests(int[] ids, int[] positions, int[] starts, int[] places, int[] targets, int[] documents) {
        static Rests of(List<Unit> units, List<int[]> order) {
            int[] starts = new int[order.size() + 1];
            IntStream.Builder ids = IntStream.builder(), positions = IntStream.builder(),
                    places = IntStream.builder(), targets = IntStream.builder(), documents = IntStream.builder();
            for (int n = 0, at = 0; n < order.size(); n++) {
                Unit unit = units.get(order.get(n)[0]);
                Example document = unit.documents.get(order.get(n)[1]);
                for (int i = unit.beginning.length; i < document.length(); i++, at++) {
                    ids.add(document.ids()[i]);
                    positions.add(i);
                    if (i + 1 < document.length() && document.trained()[i + 1]) {
                        places.add(at);
                        targets.add(document.ids()[i + 1]);
                        documents.add(n);
                    }
                }
                starts[n + 1] = at;
            }
            return new Rests(ids.build().toArray(), positions.build().toArray(), starts, places.build().toArray(),
                    targets.build().toArray(), documents.build().toArray());
        }
    }
}
