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
    /**
     * A row's tokens are attended to in pieces that end at multiples of this many. So what becomes of them does not
     * depend on how many are fed in one pass, as long as that ends there, too.
     */
    public static final int PIECE = 64;
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

    /** Tokens of a row that are attended to together. @param before keys of a prefix */
    private record Piece(int row, int before, int from, int to) {}

    /** Attention row by row, over what each has seen as it lies. */
    private final class Next implements Attendable {
        private final Scope.Owner owner = Scope.owner();
        private final Tensor slots;
        private final List<Seen> rows;
        private final Map<Map.Entry<Piece, Integer>, Tensor> masks = new HashMap<>(); // by piece and window

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
                if (rows.get(n).count > 0) {
                    mixed.add(attend(n, layer, rows.size() == 1 ? q : q.narrow(0, start, rows.get(n).count), shape,
                            prefixes == null ? null : prefixes[n]));
                }
            }
            return Tensor.concat(0, mixed.size() == 1 ? mixed : mixed.stream()
                    .map(each -> each.view(-1, shape.heads(), shape.headDim())).toList())
                    .view(q.size(0), shape.query());
        }

        /** One row's tokens. q [count, H, D] -> [count, H, D], or a single token's in any shape. */
        private Tensor attend(int n, int layer, Tensor q, AttentionShape shape, KeyValuePrefix prefix) {
            Seen row = rows.get(n);
            if (row.count == 1 && row.runs.size() == 1 && prefix == null) { // as it lies, in few operations
                int window = shape.window() == 0 ? row.past + 1 : Math.min(shape.window(), row.past + 1);
                long from = row.runs.get(0).start + row.past + 1 - window;
                int groups = shape.keyValueHeads(), dim = shape.headDim();
                return Scores.attention(q.view(1, shape.heads(), 1, dim), keys[layer].heads(from, window, groups, dim),
                        values[layer].heads(from, window, groups, dim), null, shape);
            }
            List<Tensor> rowKeys = new ArrayList<>(), rowValues = new ArrayList<>();
            if (prefix != null) {
                rowKeys.add(prefix.keys().get(layer).to(keys[layer].type()));
                rowValues.add(prefix.values().get(layer).to(values[layer].type()));
            }
            rowKeys.addAll(parts(keys[layer], row.runs));
            rowValues.addAll(parts(values[layer], row.runs));
            int before = prefix == null ? 0 : prefix.length(), end = row.past + row.count;
            Tensor allKeys = Tensor.concat(0, rowKeys), allValues = Tensor.concat(0, rowValues);
            List<Tensor> pieces = new ArrayList<>();
            for (int from = row.past, to; from < end; from = to) {
                to = Math.min(end, (from / PIECE + 1) * PIECE);
                pieces.add(attend(new Piece(n, before, from, to), q.narrow(0, (long) from - row.past, to - from),
                        allKeys.narrow(0, 0, before + to), allValues.narrow(0, 0, before + to), shape));
            }
            return Tensor.concat(0, pieces);
        }

        private Tensor attend(Piece piece, Tensor q, Tensor seenKeys, Tensor seenValues, AttentionShape shape) {
            int count = piece.to - piece.from, all = piece.before + piece.to;
            int window = shape.window() == 0 ? all : shape.window();
            if (count == 1 && all > window) { // a single token sees all of its window
                return attend(q, seenKeys.narrow(0, all - window, window), seenValues.narrow(0, all - window, window),
                        null, shape);
            }
            boolean plain = count == 1 || all == count && all <= window;
            Tensor mask = plain ? null : masks.computeIfAbsent(Map.entry(piece, shape.window()), key ->
                    owner.keep(() -> Scores.mask(piece.before, piece.from, count, shape.window())));
            return attend(q, seenKeys, seenValues, mask, shape);
        }

        private static Tensor attend(Tensor q, Tensor rowKeys, Tensor rowValues, Tensor mask, AttentionShape shape) {
            return Scores.tokens(Scores.attention(Scores.heads(q), Scores.heads(rowKeys), Scores.heads(rowValues),
                    mask, shape));
        }
    }

    /**
     * Which pages of a cache's memory are taken, and by how many. A page that nobody holds any more is free. What is
     * taken at once lies side by side where that can be, since then it is read as it lies.
     */
    private static final class Pages {
        private final int[] holders;
        private int free;

        Pages(int count) {
            holders = new int[count];
            free = count;
        }

        int count() { return holders.length; }

        int free() { return free; }

        int holders(int page) { return holders[page]; }

        void hold(int page) {
            if (holders[page] == 0) {
                throw new IllegalStateException("page " + page + " is free");
            }
            holders[page]++;
        }

        void release(int page) {
            if (holders[page] == 0) {
                throw new IllegalStateException("page " + page + " is free already");
            }
            if (--holders[page] == 0) {
                free++;
            }
        }

        /**
         * Takes pages: those behind a page where they are free, else as few runs as can be.
         *
         * @param after the page that they are to follow; -1 where there is none
         * @param growing whether more will be taken behind them later
         * @throws IllegalStateException when fewer are free
         */
        int[] take(int count, int after, boolean growing) {
            if (count > free) {
                throw new IllegalStateException(count + " pages are wanted and " + free + " are free");
            }
            int[] taken = new int[count];
            int made = 0;
            int next = after + 1;
            while (after >= 0 && made < count && next < holders.length && holders[next] == 0) {
                made = take(next++, taken, made);
            }
            while (made < count) {
                int[] run = run(count - made, growing);
                for (int page = run[0]; made < count && page < run[1]; page++) {
                    made = take(page, taken, made);
                }
            }
            return taken;
        }

        private int take(int page, int[] taken, int made) {
            holders[page] = 1;
            free--;
            taken[made] = page;
            return made + 1;
        }

        /**
         * [start, end) of free pages: for what will grow, in the longest run, with as much room before as behind, so
         * that whoever stands before can grow, too; else the shortest run that is long enough, or the longest one.
         */
        private int[] run(int wanted, boolean growing) {
            int[] best = null;
            for (int page = 0; page < holders.length; page++) {
                int start = page;
                while (page < holders.length && holders[page] == 0) {
                    page++;
                }
                int length = page - start, known = best == null ? 0 : best[1] - best[0];
                boolean fits = length >= wanted, knownFits = known >= wanted;
                boolean better = growing || !knownFits ? length > known : fits && length < known;
                if (length > 0 && better) {
                    best = new int[] {start, page};
                }
            }
            int spare = best[1] - best[0] - wanted;
            if (growing && best[0] > 0 && spare > 0) {
                best[0] += spare / 2;
            }
            return best;
        }
    }
}
