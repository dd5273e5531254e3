package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Keys and values of the tokens that rows have seen so far, for decoding, in pages that rows take as they grow and may
 * share (Kwon et al. 2023, arXiv:2309.06180). Owns native memory of the scope that made it. Nothing is padded: a row's
 * position is its own length, and it is attended to as long as it is, whatever rows stand beside it. Use: {@code
 * model.hidden(ids, cache.next(rows, counts))}; the pass's tokens are then part of the past.
 */
public final class KeyValueCache {
    /** Tokens of a page. */
    public static final int PAGE = 16;
    private final Pages pages;
    private final Tensor[] keys, values; // a layer: [pages * PAGE, G, D]

    /**
     * What is kept of each token, once for its key and once for its value.
     *
     * @param heads of keys and values  @param dim width of one head
     */
    public record Shape(int heads, int dim) {
        /** Numbers a token. */
        public long elements() { return 2L * heads * dim; }
    }

    /** @param layers one shape a block  @param type of keys and values  @param pages of {@link #PAGE} tokens each */
    public KeyValueCache(List<Shape> layers, DType type, int pages) {
        this.pages = new Pages(pages);
        keys = memory(layers, type, pages);
        values = memory(layers, type, pages);
    }

    private static Tensor[] memory(List<Shape> layers, DType type, int pages) {
        return layers.stream().map(shape -> Tensor.empty(type, (long) pages * PAGE, shape.heads, shape.dim))
                .toArray(Tensor[]::new);
    }

    /** How many pages it takes to hold so many tokens. */
    public static int pagesFor(int tokens) { return (tokens + PAGE - 1) / PAGE; }

    /** All pages. */
    public int pages() { return pages.count(); }

    /** Pages that nobody holds. */
    public int free() { return pages.free(); }

    /** Holds a page that somebody holds already, beside him. */
    public void hold(int page) { pages.hold(page); }

    /** Lets a page go; it is free once nobody holds it. */
    public void release(int page) { pages.release(page); }

    /** How many hold a page. */
    public int holders(int page) { return pages.holders(page); }

    /** An empty row. */
    public Row open() { return new Row(new int[0], 0); }

    /** Empty rows. */
    public List<Row> open(int count) { return IntStream.range(0, count).mapToObj(i -> open()).toList(); }

    /** A row that begins with full pages, which it holds from now on. */
    public Row open(int[] full) {
        Arrays.stream(full).forEach(pages::hold);
        return new Row(full.clone(), full.length * PAGE);
    }

    /** What one row has seen: a list of pages, and how many tokens stand in them. */
    public final class Row {
        private int[] own;
        private int length;

        private Row(int[] own, int length) {
            this.own = own;
            this.length = length;
        }

        /** Tokens that it holds. */
        public int length() { return length; }

        /** Its n-th page. */
        public int page(int n) { return own[n]; }

        /** Pages that it must take before it can hold so many tokens more. */
        public int wants(int tokens) { return Math.max(0, pagesFor(length + tokens) - own.length); }

        /** Takes the pages for so many tokens more. @param growing whether it will want others later */
        public void reserve(int tokens, boolean growing) {
            int wanted = wants(tokens);
            if (wanted > 0) {
                int[] taken = pages.take(wanted, own.length == 0 ? -1 : own[own.length - 1], growing);
                int[] all = Arrays.copyOf(own, own.length + wanted);
                System.arraycopy(taken, 0, all, own.length, wanted);
                own = all;
            }
        }

        /** Another row that has seen the same: full pages are shared, the last one is copied. */
        public Row fork() {
            int full = length / PAGE, rest = length % PAGE;
            Row other = open(Arrays.copyOf(own, full));
            if (rest > 0) {
                other.reserve(rest, true);
                long from = (long) own[full] * PAGE, to = (long) other.own[full] * PAGE;
                Scope.run(() -> {
                    for (Tensor[] all : List.of(keys, values)) {
                        for (Tensor layer : all) {
                            layer.narrow(0, to, rest).copyFrom(layer.narrow(0, from, rest));
                        }
                    }
                });
                other.length = length;
            }
            return other;
        }

        /** Forgets its last tokens; the pages stay for those that follow. */
        public void shorten(int to) {
            if (to > length) {
                throw new IllegalArgumentException("a row of " + length + " tokens cannot be shortened to " + to);
            }
            length = to;
        }

        /** Lets all its pages go. */
        public void close() {
            Arrays.stream(own).forEach(pages::release);
            own = new int[0];
            length = 0;
        }

        /** What it has seen so far, for documents to see before their own tokens. */
        public KeyValuePrefix prefix() {
            List<Run> runs = runs(length);
            return new KeyValuePrefix(whole(keys, runs), whole(values, runs));
        }

        private List<Tensor> whole(Tensor[] layers, List<Run> runs) {
            return Arrays.stream(layers).map(layer -> Tensor.concat(0, parts(layer, runs))).toList();
        }

        /** Where so many of its tokens lie, neighbouring pages as one. */
        private List<Run> runs(int tokens) {
            List<Run> runs = new ArrayList<>();
            for (int page = 0, left = tokens; left > 0; ) {
                int first = page;
                do {
                    page++;
                } while (page < own.length && own[page] == own[page - 1] + 1);
                int count = Math.min(left, (page - first) * PAGE);
                runs.add(new Run((long) own[first] * PAGE, count));
                left -= count;
            }
            return runs;
        }

        private int slot(int token) { return own[token / PAGE] * PAGE + token % PAGE; }
    }

    /** Tokens that lie side by side. */
    private record Run(long start, int count) {}

    private static List<Tensor> parts(Tensor layer, List<Run> runs) {
        return runs.stream().map(run -> layer.narrow(0, run.start, run.count)).toList();
    }

    /**
     * The next tokens of rows, end to end in their order. A row takes pages where it has none for them.
     *
     * @param counts new tokens of each row, 0 or more
     * @throws IllegalStateException when there are not so many pages
     */
    public Pass next(List<Row> rows, int... counts) {
        int total = Arrays.stream(counts).sum();
        int[] positions = new int[total], slots = new int[total], starts = new int[counts.length + 1];
        List<Seen> seen = new ArrayList<>();
        for (int n = 0, at = 0; n < counts.length; n++) {
            Row row = rows.get(n);
            row.reserve(counts[n], true);
            for (int i = 0; i < counts[n]; i++, at++) {
                positions[at] = row.length + i;
                slots[at] = row.slot(row.length + i);
            }
            starts[n + 1] = at;
            seen.add(new Seen(row.length, counts[n], row.runs(row.length + counts[n])));
            row.length += counts[n];
        }
        return new Pass(positions, starts, new Next(slots, seen));
    }

    /** A row in a pass. @param past tokens before  @param count new ones  @param runs where all of them lie */
    private record Seen(int past, int count, List<Run> runs) {}

    /** One attention call a row, over what it has seen as it lies. */
    private final class Next implements Attendable {
        private final Scope.Owner owner = Scope.owner();
        private final Tensor slots;
        private final List<Seen> rows;
        private final Map<List<Integer>, Tensor> masks = new HashMap<>(); // by row, prefix and window

        Next(int[] slots, List<Seen> rows) {
            this.slots = Tensor.of(slots, slots.length);
            this.rows = rows;
        }

        @Override
        public Tensor attend(int layer, Tensor q, Tensor k, Tensor v, AttentionShape shape, KeyValuePrefix[] prefixes) {
            keys[layer].copyRowsInPlace(slots, k);
            values[layer].copyRowsInPlace(slots, v);
            List<Tensor> mixed = new ArrayList<>();
            for (int n = 0, start = 0; n < rows.size(); start += rows.get(n++).count) {
                Seen row = rows.get(n);
                if (row.count > 0) {
                    KeyValuePrefix prefix = prefixes == null ? null : prefixes[n];
                    List<Tensor> rowKeys = new ArrayList<>(), rowValues = new ArrayList<>();
                    if (prefix != null) {
                        rowKeys.add(prefix.keys().get(layer).to(keys[layer].type()));
                        rowValues.add(prefix.values().get(layer).to(values[layer].type()));
                    }
                    rowKeys.addAll(parts(keys[layer], row.runs));
                    rowValues.addAll(parts(values[layer], row.runs));
                    mixed.add(attend(n, prefix == null ? 0 : prefix.length(), q.narrow(0, start, row.count),
                            Tensor.concat(0, rowKeys), Tensor.concat(0, rowValues), shape));
                }
            }
            return Tensor.concat(0, mixed).view(q.size(0), shape.query());
        }

        /** @param before keys of a prefix among the keys, which are those of all tokens seen */
        private Tensor attend(int n, int before, Tensor q, Tensor rowKeys, Tensor rowValues, AttentionShape shape) {
            Seen row = rows.get(n);
            int all = before + row.past + row.count, window = shape.window() == 0 ? all : shape.window();
            if (row.count == 1 && all > window) { // a single token sees all of its window
                return attend(q, rowKeys.narrow(0, all - window, window), rowValues.narrow(0, all - window, window),
                        null, shape);
            }
            boolean plain = row.count == 1 || before + row.past == 0 && all <= window;
            Tensor mask = plain ? null : masks.computeIfAbsent(List.of(n, before, shape.window()), key ->
                    owner.keep(() -> Scores.mask(before, row.past, row.count, shape.window())));
            return attend(q, rowKeys, rowValues, mask, shape);
        }

        private static Tensor attend(Tensor q, Tensor rowKeys, Tensor rowValues, Tensor mask, AttentionShape shape) {
            return Scores.tokens(Scores.attention(Scores.heads(q), Scores.heads(rowKeys), Scores.heads(rowValues),
                    mask, shape));
        }
    }
}
