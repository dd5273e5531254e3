package io.weft.rating;

import io.weft.file.AtomicFile;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Language.say;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

/**
 * {@code evaluation/ratings.jsonl}: judgements, one a line, only ever added to, each on disk before the rater sees the
 * next answer. Several processes may add to it. A line that is cut off or damaged stays where it is, is told, and does
 * not count. Threads may share one.
 */
public final class RatingFile {
    public static final String NAME = "ratings.jsonl";
    /** Locks of the system keep processes apart, not the threads of one. */
    private static final Object ONE_AT_A_TIME = new Object();
    private final Path file;
    private final Map<Rater, RaterRecord> raters = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private long read;
    private int lines;
    private boolean cutOff;

    private RatingFile(Path file) { this.file = file; }

    /**
     * @param file need not exist; it is made with the first judgement
     * @throws UserError when it cannot be read, or a newer Weft wrote it
     */
    public static RatingFile open(Path file) {
        RatingFile ratings = new RatingFile(file);
        ratings.read();
        return ratings;
    }

    public Path path() { return file; }

    /** Reads what others added since. */
    public void read() {
        synchronized (ONE_AT_A_TIME) {
            if (!Files.isRegularFile(file)) {
                return;
            }
            try (FileChannel channel = FileChannel.open(file, READ); var lock = channel.lock(0, Long.MAX_VALUE, true)) {
                catchUp(channel);
            } catch (IOException e) {
                throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
            }
        }
    }

    /** Adds a judgement and forces it to disk. @throws UserError when the disk refuses; then nothing has changed */
    public void add(Judgement judgement) {
        synchronized (ONE_AT_A_TIME) {
            try {
                Files.createDirectories(file.toAbsolutePath().getParent());
                try (FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE); var lock = channel.lock()) {
                    catchUp(channel);
                    String line = (cutOff ? "\n" : "") + JudgementLine.text(judgement) + "\n";
                    long end = channel.size();
                    try {
                        channel.position(end);
                        AtomicFile.writeFully(channel, ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
                        channel.force(true);
                    } catch (IOException e) {
                        channel.truncate(end);   // half a line would be all that a full disk leaves
                        throw e;
                    }
                    catchUp(channel);
                }
            } catch (IOException e) {
                throw AtomicFile.cannotWrite(file, e);
            }
        }
    }

    private void catchUp(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size() - read));
        channel.position(read);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // until all is there
        }
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        read += bytes.position();
        String[] added = text.split("\n", -1);
        for (int i = 0; i < added.length; i++) {
            boolean last = i == added.length - 1;
            boolean endsCutOff = i == 0 && cutOff;   // the line break that an earlier reading missed
            if (!endsCutOff && !(last && added[i].isEmpty())) {
                take(added[i], ++lines, last);
            }
        }
        cutOff = text.isEmpty() ? cutOff : !text.endsWith("\n");
    }

    private void take(String line, int number, boolean open) {
        if (line.isBlank()) {
            return;
        }
        if (JudgementLine.version(line) > JudgementLine.VERSION) {
            throw UserError.of(say("%s line %d was written by a newer Weft; rate with that one, or move the file away",
                    file, number));
        }
        JudgementLine.parse(line).ifPresentOrElse(judgement ->
                raters.computeIfAbsent(judgement.rater(), rater -> new RaterRecord()).take(judgement),
                () -> notes.add(open
                ? say("%s line %d is cut off: it stays in the file and does not count", file, number)
                : say("%s line %d is no judgement: it stays in the file and does not count", file, number)));
    }

    /** What a reader of the file should know, a sentence each. */
    public List<String> notes() {
        synchronized (ONE_AT_A_TIME) {
            return List.copyOf(notes);
        }
    }

    /** Everybody who judged, in the order of their first judgement. */
    public List<Rater> raters() {
        synchronized (ONE_AT_A_TIME) {
            return List.copyOf(raters.keySet());
        }
    }

    /** The judgements of a rater that stand. */
    public List<Judgement> standing(Rater rater) {
        synchronized (ONE_AT_A_TIME) {
            return record(rater).standing();
        }
    }

    /** @throws UserError when somebody of the other kind judged by this name */
    public Rater admit(Rater rater) {
        if (raters().stream().anyMatch(other -> other.name().equals(rater.name()) && other.kind() != rater.kind())) {
            throw UserError.of(rater.kind() == Rater.Kind.HUMAN
                    ? say("'%s' is the name of a model's judgements in %s; take another name", rater.name(), file)
                    : say("'%s' is the name of a person's judgements in %s; give the judge another name with "
                    + "--judge-name", rater.name(), file));
        }
        return rater;
    }

    RaterRecord record(Rater rater) {
        synchronized (ONE_AT_A_TIME) {
            return raters.getOrDefault(rater, new RaterRecord());
        }
    }
}
