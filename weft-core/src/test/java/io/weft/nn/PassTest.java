package io.weft.nn;

import io.weft.model.TinyModels;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What travels with a pass: documents of different adapters and prefixes are together what each is alone. */
class PassTest {
    private static final int[] A = {3, 14, 15, 92, 65, 35}, B = {2, 7, 18, 28}, C = {31, 41, 59, 26, 53, 58, 9};
    private static final String OTHER = "other";

    /** Scales what a linear sees and says. */
    private record Scale(double before, double after) implements Linear.Delta {
        @Override public Tensor input(Tensor x, Pass pass) { return x.mul(before); }

        @Override public Tensor output(Tensor x, Tensor y, Pass pass) {
            return y.mulInPlace(after).add(x.narrow(1, 0, 1).mul(0.1));
        }

        @Override public Stream<Tensor> parameters() { return Stream.empty(); }
    }

    private static CausalLm tuned(String family) {
        CausalLm model = TinyModels.of(family);
        for (Linear linear : model.linears().values()) {
            linear.attach(new Scale(1.1, 0.8));
            linear.attach(OTHER, new Scale(0.7, 1.3));
        }
        for (Block block : model.blocks()) {
            block.sublayers().get(1).attach(OTHER, new Shift());
        }
        return model;
    }

    private record Shift() implements Sublayer.Delta {
        @Override public Tensor output(Tensor x, Tensor y, Pass pass) { return y.add(0.3); }

        @Override public Stream<Tensor> parameters() { return Stream.empty(); }
    }

    @ParameterizedTest @ValueSource(strings = {"llama", "gemma2", "mixtral", "chatglm"})
    void documentsWithDifferentAdaptersGiveTogetherWhatEachGivesAlone(String family) {
        Scope.run(() -> {
            CausalLm model = tuned(family);
            Map<Optional<String>, int[]> documents = new LinkedHashMap<>();
            documents.put(Optional.of(OTHER), A);
            documents.put(Optional.empty(), B);
            documents.put(Optional.of(Adapters.DEFAULT_NAME), C);
            Pass pass = Pass.of(positions(A, B, C), new int[] {0, 6, 10, 17})
                    .with(Adapters.each(List.copyOf(documents.keySet())));
            Tensor together = model.hidden(join(A, B, C), pass);
            int start = 0;
            for (Map.Entry<Optional<String>, int[]> document : documents.entrySet()) {
                int[] ids = document.getValue();
                Tensor alone = model.hidden(ids, Pass.single(ids.length)
                        .with(document.getKey().map(Adapters::named).orElse(Adapters.NONE)));
                close(together.narrow(0, start, ids.length), alone);
                start += ids.length;
            }
            close(model.hidden(B, Pass.single(4).withoutTuning()), TinyModels.of(family).hidden(B, Pass.single(4)));
        });
    }

    @ParameterizedTest @ValueSource(strings = {"llama", "mixtral"})
    void rowsOfACacheMayDifferInTheirAdapters(String family) {
        Scope.run(() -> {
            CausalLm model = tuned(family);
            Adapters each = Adapters.each(List.of(Optional.of(OTHER), Optional.of(Adapters.DEFAULT_NAME)));
            KeyValueCache cache = new KeyValueCache(model.cacheShapes(), DType.F32, 2);
            List<KeyValueCache.Row> both = cache.open(2);
            model.hidden(join(Arrays.copyOf(A, 5), Arrays.copyOf(C, 6)), cache.next(both, 5, 6).with(each));
            Tensor last = model.hidden(new int[] {A[5], C[6]}, cache.next(both, 1, 1).with(each));
            close(last.narrow(0, 0, 1),
                    model.hidden(A, Pass.single(6).with(Adapters.named(OTHER))).narrow(0, 5, 1));
            close(last.narrow(0, 1, 1), model.hidden(C, Pass.single(7)).narrow(0, 6, 1));
        });
    }

    @ParameterizedTest @ValueSource(strings = {"llama", "gemma2"})
    void rowsOfACacheMayDifferInTheirPrefixes(String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            KeyValuePrefix two = prefix(model, 2), three = prefix(model, 3);
            int[][] rows = {A, B, C};
            KeyValuePrefix[] prefixes = {three, null, two};
            Pass together = Pass.of(positions(A, B, C), new int[] {0, 6, 10, 17}).with(three, new int[] {0})
                    .with(two, new int[] {2});
            Tensor all = model.hidden(join(A, B, C), together);
            KeyValueCache cache = new KeyValueCache(model.cacheShapes(), DType.F32, 3);
            List<KeyValueCache.Row> open = cache.open(3);
            model.hidden(join(Arrays.copyOf(A, 5), Arrays.copyOf(B, 3), Arrays.copyOf(C, 6)),
                    prefixed(cache.next(open, 5, 3, 6), prefixes));
            Tensor last = model.hidden(new int[] {A[5], B[3], C[6]},
                    prefixed(cache.next(open, 1, 1, 1), prefixes));
            for (int row = 0, end = 0; row < rows.length; row++) {
                end += rows[row].length;
                Pass pass = Pass.single(rows[row].length);
                Tensor alone = model.hidden(rows[row], prefixes[row] == null ? pass : pass.with(prefixes[row]));
                close(all.narrow(0, end - rows[row].length, rows[row].length), alone);
                close(last.narrow(0, row, 1), alone.narrow(0, rows[row].length - 1, 1));
            }
        });
    }

    private static Pass prefixed(Pass pass, KeyValuePrefix[] prefixes) {
        Pass all = pass;
        for (int row = 0; row < prefixes.length; row++) {
            all = prefixes[row] == null ? all : all.with(prefixes[row], new int[] {row});
        }
        return all;
    }

    private static KeyValuePrefix prefix(CausalLm model, int length) {
        return new KeyValuePrefix(parts(model, length, 1), parts(model, length, 2));
    }

    private static List<Tensor> parts(CausalLm model, int length, int seed) {
        return model.cacheShapes().stream()
                .map(shape -> RandomStream.of(seed * 100 + length).normal(1, length, shape.heads(), shape.dim()))
                .toList();
    }

    @Test void adaptersForAnotherNumberOfDocumentsAreRefused() {
        Scope.run(() -> assertThatThrownBy(() ->
                Pass.single(3).with(Adapters.each(List.of(Optional.of(OTHER), Optional.empty()))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2 adapters for 1 documents"));
    }

    @Test void aChoiceOfTokensKeepsTheirDocuments() {
        Scope.run(() -> {
            Pass pass = Pass.of(positions(A, B, C), new int[] {0, 6, 10, 17})
                    .with(Adapters.each(List.of(Optional.of(OTHER), Optional.empty(), Optional.of("x"))));
            Pass chosen = pass.ofTokens(new int[] {5, 10, 16});
            assertThat(chosen.positions()).containsExactly(5, 0, 6);
            assertThat(new int[] {chosen.start(0), chosen.start(1), chosen.start(2), chosen.start(3)})
                    .containsExactly(0, 1, 1, 3);
            assertThat(pass.withoutTuning().ofTokens(new int[] {5}).adapters().isNone()).isTrue();
        });
    }

    private static int[] positions(int[]... documents) {
        return join(Arrays.stream(documents).map(ids -> {
            int[] positions = new int[ids.length];
            Arrays.setAll(positions, i -> i);
            return positions;
        }).toArray(int[][]::new));
    }

    private static int[] join(int[]... parts) { return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray(); }

    private static void close(Tensor found, Tensor expected) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        assertThat(Scope.value(() -> found.sub(expected).abs().max().item())).isLessThanOrEqualTo(1e-4);
    }
}
