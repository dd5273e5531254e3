package io.weft.hub;

import io.weft.problem.UserError;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

import static io.weft.problem.Language.say;

/**
 * Brings one blob to disk: goes on where an earlier attempt stopped, and gives it its final name only once it is whole,
 * checked and on the disk.
 */
final class BlobDownload {
    /** A piece this long makes an attempt count as progress, so that a large file over a poor line is not given up. */
    private static final long PROGRESS = 1 << 20;
    private final HubClient client;
    private final String repository;
    private final Blob blob;
    private final Path part;
    private final LongConsumer arrived;

    /** @param arrived told how many bytes are on disk, after every piece */
    BlobDownload(HubClient client, String repository, Blob blob, Path part, LongConsumer arrived) {
        this.client = client;
        this.repository = repository;
        this.blob = blob;
        this.part = part;
        this.arrived = arrived;
    }

    /** @throws UserError when the line or the disk gives out, or the content twice is not what the hub announced */
    void to(Path content) throws IOException {
        boolean asAnnounced = whole();
        if (!asAnnounced) {
            // The start may come from an attempt of another day: once more, from the first byte.
            Files.delete(part);
            asAnnounced = whole();
        }
        if (!asAnnounced) {
            Files.delete(part);
            throw UserError.of(say("%s: what arrives is not what the hub announced (%d bytes, hash %s), twice. A "
                    + "proxy or mirror damages it: try again later, or another HF_ENDPOINT", subject(), blob.size(),
                    blob.etag()));
        }
        Files.move(part, content, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private String subject() { return repository + " " + blob.file().path(); }

    /** Fetches until as many bytes are there as announced. Returns whether they are the announced ones. */
    private boolean whole() throws IOException {
        int failures = 0;
        while (have() != blob.size() || !Files.exists(part)) {
            long before = have();
            try {
                transfer(before > blob.size() ? 0 : before);
            } catch (IOException e) {
                if (e instanceof RetryableException unready && unready.status() == 416) {
                    Files.deleteIfExists(part);   // the part does not fit what the server has
                }
                failures = have() - before >= Math.min(PROGRESS, Math.max(1, blob.size() / 100)) ? 1 : failures + 1;
                client.waitAfter(subject(), e, failures);
            } catch (InterruptedException e) {
                throw HubClient.stopped(e);
            }
        }
        return blob.matches(part);
    }

    private long have() throws IOException { return Files.exists(part) ? Files.size(part) : 0; }

    private void transfer(long from) throws IOException, InterruptedException {
        Map<String, String> range = from > 0 ? Map.of("Range", "bytes=" + from + "-") : Map.of();
        // Asks the hub again each time: the content's address runs out while a large file is on its way.
        try (HubResponse reply = get(range)) {
            long start = reply.status() == 206 ? from : 0;
            if (reply.status() == 206 && !reply.header("content-range").orElse("").startsWith("bytes " + from + "-")) {
                Files.deleteIfExists(part);
                throw new IOException(say("the server sent another part than asked for"));
            }
            receive(reply.body(), start);
        }
    }

    private HubResponse get(Map<String, String> range) throws IOException, InterruptedException {
        return client.send("GET", client.content(repository, blob.commit(), blob.file().path()), range, any -> false,
                subject());
    }

    private void receive(Chunks body, long start) throws IOException, InterruptedException {
        long at = start;
        try (FileChannel out = open(start)) {
            for (var piece = body.next(client.patience().stall()); piece.isPresent(); piece =
                    body.next(client.patience().stall())) {
                at += write(out, piece.get());
                arrived.accept(at);
                if (at > blob.size()) {
                    break;
                }
            }
            settle(out);
        }
        if (at > blob.size()) {
            Files.delete(part);
            throw new IOException(say("more than the announced %d bytes arrived", blob.size()));
        }
        if (at < blob.size()) {
            throw new EOFException(say("the connection ended after %d of %d bytes", at, blob.size()));
        }
    }

    private FileChannel open(long start) {
        try {
            FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            return out.truncate(start).position(start);
        } catch (IOException e) {
            throw disk(e);
        }
    }

    private long write(FileChannel out, List<ByteBuffer> piece) {
        long written = 0;
        try {
            for (ByteBuffer buffer : piece) {
                while (buffer.hasRemaining()) {
                    written += out.write(buffer);
                }
            }
        } catch (IOException e) {
            throw disk(e);
        }
        return written;
    }

    private void settle(FileChannel out) {
        try {
            out.force(true);
        } catch (IOException e) {
            throw disk(e);
        }
    }

    /** A failure of the disk, which no other attempt mends. What is there stays and is gone on from. */
    private UserError disk(IOException e) {
        return UserError.of(say("%s: cannot write %s: %s. Free some space, or set HF_HUB_CACHE to a folder on a "
                + "larger disk, and run the same command again", subject(), part, HubCache.reason(e)), e);
    }
}
