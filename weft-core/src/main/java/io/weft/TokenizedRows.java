package io.weft;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.ExampleGroup;
import io.weft.data.ExampleStore;
import io.weft.data.OverLength;
import io.weft.data.Packer;
import io.weft.data.Place;
import io.weft.data.Rows;
import io.weft.data.Sample;
import io.weft.data.check.TokenFigures;
import io.weft.data.check.TokenTally;
import io.weft.data.prepare.PreparedRows;
import io.weft.file.AtomicFile;
import io.weft.file.FileCache;
import io.weft.file.Sha256;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.encode.EncodeReport;
import io.weft.token.encode.SetAside;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * The rows of a prepared file as token ids: made ahead of the first step by loader threads, kept in a file beside the
 * rows under a key of everything that decides about them, and read from there by number. In memory are only twelve
 * bytes a row, whatever the rows' length.
 */
final class TokenizedRows implements AutoCloseable {
    /** Of the files; others are made again. 4: figures of the rows for the checks. */
    private static final int VERSION = 4;
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of the files, behind the names of those of the rows. */
    static final String SUFFIX = ".tokens";
    private static final FileCache CACHE = FileCache.usual("tokens");
    private static final int BLOCK = 256;
    private static final int SHOWN = 3;
    private final ExampleStore store;
    private final Made made;

    private TokenizedRows(ExampleStore store, Made made) {
        this.store = store;
        this.made = made;
    }

    /**
     * What became of the rows.
     *
     * @param setAside the first of those that the chat template did not take  @param figures for the checks
     */
    private record Made(EncodeReport report, List<SetAside> setAside, TokenFigures figures) {}

    /**
     * Reads the file where it was made under this key, else makes it.
     *
     * @param file gets the ids, and a description beside it
     * @param key  changes whenever rows, tokenizer, template or lengths do  @param shared the same, but for what makes
     *     no difference to the ids: under it they are kept for other runs
     * @param what the rows are, for messages
     * @throws UserError naming every row that is too long and refused, or when nothing is left of them
     */
    static TokenizedRows of(PreparedRows rows, ConversationEncoder encoder, Limits limits, Path file, String key,
            String shared, String what) {
        Path description = file.resolveSibling(file.getFileName() + ".json");
        Made made = made(description, key, file);
        String name = HexFormat.of().formatHex(Sha256.digest().digest((VERSION + " " + built() + " "
                + limits.context() + " " + shared).getBytes(StandardCharsets.UTF_8)));
        if (made == null && CACHE.fetch(name + SUFFIX, file) && CACHE.fetch(name + ".json", description)) {
            made = made(description, shared, file);
            if (made != null) {
                describe(description, key, file, made);
            }
        }
        if (made == null) {
            made = write(rows, encoder, limits, file, what);
            describe(description, shared, file, made);
            if (made.setAside().isEmpty()) {   // else a list of them belongs beside the rows
                CACHE.keep(name + SUFFIX, file);
                CACHE.keep(name + ".json", description);
            }
            describe(description, key, file, made);
        }
        return new TokenizedRows(ExampleStore.open(file), made);
    }

    /** When the jar that encodes was made: another one might make other ids. */
    private static long built() {
        try {
            return Path.of(ConversationEncoder.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toFile().lastModified();
        } catch (URISyntaxException | RuntimeException e) {
            return System.nanoTime();   // nobody knows: no other run finds the name
        }
    }

    private static void describe(Path description, String key, Path file, Made made) {
        ObjectNode root = JSON.createObjectNode().put("format", "weft.tokens").put("version", VERSION).put("key", key)
                .put("sha256", Sha256.of(file));
        AtomicFile.write(description, root.set("made", JSON.valueToTree(made)).toString() + "\n");
    }

    /** What became of the rows of a file that was made under the key and is as it was written; null for none. */
    private static Made made(Path description, String key, Path file) {
        try {
            if (!Files.exists(description) || !Files.isRegularFile(file)) {
                return null;
            }
            var root = JSON.readTree(Files.readAllBytes(description));
            return root.path("version").asInt() == VERSION && root.path("key").asText().equals(key)
                    && root.path("sha256").asText().equals(Sha256.of(file))
                    ? JSON.treeToValue(root.path("made"), Made.class) : null;
        } catch (IOException e) {
            return null;   // made again
        }
    }

    /**
     * How long rows may be.
     *
     * @param context tokens that the model reads, 0 where nobody knows  @param length tokens of an example
     * @param over    what becomes of longer ones
     */
    record Limits(int context, int length, OverLength over) {}

    private record RowProblem(Place place, String said) {}

    private record Block(List<ExampleGroup> groups, List<RowProblem> problems, List<SetAside> setAside,
            EncodeReport report, List<TokenTally.Row> told) {}

    private static Made write(PreparedRows rows, ConversationEncoder encoder, Limits limits, Path file, String what) {
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService loaders = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "weft-loader");
            thread.setDaemon(true);
            return thread;
        });
        try (var writer = new ExampleStore.Writer(file)) {
            List<RowProblem> problems = new ArrayList<>();
            EncodeReport report = EncodeReport.NOTHING;
            TokenTally tally = new TokenTally();
            List<SetAside> setAside = new ArrayList<>();
            Deque<Future<Block>> ahead = new ArrayDeque<>();   // in the order of the rows, and few, to bound memory
            for (int next = 0; next < rows.size() || !ahead.isEmpty(); ) {
                if (next < rows.size() && ahead.size() < 4 * threads) {
                    int from = next, to = Math.min(rows.size(), from + BLOCK);
                    ahead.add(loaders.submit(() -> encode(rows, from, to, encoder, limits)));
                    next = to;
                    continue;
                }
                Block block = ahead.remove().get();
                problems.addAll(block.problems());
                block.groups().forEach(writer::add);
                setAside.addAll(block.setAside());
                report = report.plus(block.report());
                block.told().forEach(tally::add);
            }
            refuse(problems);
            setAside.sort(Comparator.comparing(SetAside::place));   // rows come in the order of the split
            List<SetAside> first = List.copyOf(setAside.subList(0, Math.min(SHOWN, setAside.size())));
            if (report.encoded() == 0 && report.setAside() > 0) {
                throw UserError.of(say("no %s row is left: %s\n  %s", what, report, first.stream()
                        .map(SetAside::toString).collect(Collectors.joining("\n  "))));
            }
            if (report.encoded() == 0 && !rows.isEmpty()) {
                throw UserError.of(say("no %s row is left: %s; raise data.maxLength or set data.overLength to cut",
                        what, report));
            }
            writer.finish();
            list(setAside, file.resolveSibling(file.getFileName().toString().replaceFirst("\\.jsonl.*", "")
                    + ".setaside.jsonl"));
            return new Made(report, first, tally.figures(limits.context(), limits.length()));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            loaders.shutdownNow();
        }
    }

    private static void refuse(List<RowProblem> rows) {
        Problems problems = new Problems(say("the data"));
        rows.stream().sorted(Comparator.comparing(RowProblem::place)).map(RowProblem::said).forEach(problems::add);
        problems.throwIfAny();
    }

    private static Block encode(PreparedRows rows, int from, int to, ConversationEncoder encoder, Limits limits) {
        Block block = new Block(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), EncodeReport.NOTHING,
                new ArrayList<>());
        EncodeReport report = EncodeReport.NOTHING;
        for (int row = from; row < to; row++) {
            Sample sample = rows.get(row);
            ConversationEncoder one = encoder.another();   // its report is of this row alone
            try {
                block.groups.addAll(one.encode(sample));
            } catch (UserError e) {
                block.problems.add(new RowProblem(sample.place(), e.getMessage()));
            }
            block.setAside.addAll(one.setAside());
            block.told.add(new TokenTally.Row(sample, one.report().longest(), counts(one.report(), limits)));
            report = report.plus(one.report());
        }
        return new Block(block.groups, block.problems, block.setAside, report, block.told);
    }

    /** What became of one row, for the checks. */
    private static TokenFigures.Counts counts(EncodeReport row, Limits limits) {
        boolean tooLong = row.longest() > limits.length() && limits.over() == OverLength.DROP;
        return new TokenFigures.Counts(row.cut(), row.split(), tooLong ? row.dropped() : 0,
                tooLong ? 0 : row.dropped(), row.setAside(), row.borders().moved(), row.borders().joined());
    }

    /** In the manner of rejected.jsonl; no file where there are none. */
    private static void list(List<SetAside> rows, Path file) throws IOException {
        Files.deleteIfExists(file);
        if (!rows.isEmpty()) {
            var lines = new StringBuilder();
            for (SetAside row : rows) {
                ObjectNode line = JSON.createObjectNode().put("file", row.place().file())
                        .put("line", row.place().line());
                if (row.place().row() > 0) {
                    line.put("number", row.place().row());
                }
                lines.append(line.put("reason", row.reason()).put("detail", row.why())).append('\n');
            }
            AtomicFile.write(file, lines.toString());
        }
    }

    /** A row that the chat template did not take, where there is one. */
    Optional<SetAside> firstSetAside() { return made.setAside().stream().findFirst(); }

    /** Every group by number. */
    List<ExampleGroup> groups() { return store; }

    /** As the trainer asks for them. @param maxLength tokens of a pack where rows are packed */
    Rows rows(boolean pack, int maxLength) { return pack ? Packer.pack(store, maxLength) : Rows.single(store); }

    /** Tokens of the longest groups, so many of them together: no micro-batch of single rows is larger. */
    long longest(int groups) {
        int[] lengths = store.lengths();
        Arrays.sort(lengths);
        return Arrays.stream(lengths, Math.max(0, lengths.length - groups), lengths.length).asLongStream().sum();
    }

    /** Tokens of each group, by number. */
    int[] lengths() { return store.lengths(); }

    EncodeReport report() { return made.report(); }

    TokenFigures figures() { return made.figures(); }

    @Override public void close() { store.close(); }
}
