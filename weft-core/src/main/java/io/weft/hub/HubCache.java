package io.weft.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

import static io.weft.problem.Language.say;

/**
 * One repository's folder in the cache, laid out as huggingface_hub does:
 * <pre>
 * models--org--name/blobs/ETAG                    contents, each once
 * models--org--name/snapshots/COMMIT/config.json  a link to ../../blobs/ETAG
 * models--org--name/refs/main                     the commit that main was
 * .locks/models--org--name/ETAG.lock
 * </pre>
 */
final class HubCache {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A file lock excludes other processes only; this excludes other threads. */
    private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();
    private final Path root;
    private final Path folder;
    private final boolean links;

    HubCache(Path root, String repository, boolean links) {
        this.root = root;
        this.folder = root.resolve("models--" + repository.replace("/", "--"));
        this.links = links;
    }

    /** What needs the cache to itself. */
    interface Work {
        void run() throws IOException;
    }

    /** The repository's folder, which need not be there. */
    Path place() { return folder; }

    Path snapshot(String commit) { return folder.resolve("snapshots").resolve(commit); }

    Path blob(Blob blob) { return folder.resolve("blobs").resolve(blob.etag()); }

    /** The part of a blob that is there so far. */
    Path incomplete(Blob blob) { return folder.resolve("blobs").resolve(blob.etag() + ".incomplete"); }

    boolean holds(String commit, HubFile file) {
        Path path = snapshot(commit).resolve(file.path());
        try {
            return Files.isRegularFile(path) && Files.size(path) == file.size();
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** Runs work on a blob while no other Weft process does. @param busy told once when there is one to wait for */
    void alone(Blob blob, Runnable busy, Work work) throws IOException {
        Path lockFile = root.resolve(".locks").resolve(folder.getFileName()).resolve(blob.etag() + ".lock");
        Files.createDirectories(lockFile.getParent());
        IN_THIS_PROCESS.lock();
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.tryLock() == null) {
                busy.run();
                channel.lock();
            }
            work.run();   // closing the channel gives the lock back
        } finally {
            IN_THIS_PROCESS.unlock();
        }
    }

    /**
     * Makes the snapshot's file from the blob: a relative link, so that the cache may be moved, or the file itself
     * where links are not possible.
     */
    void place(Blob blob, boolean fresh) throws IOException {
        Path pointer = snapshot(blob.commit()).resolve(blob.file().path());
        Path content = blob(blob);
        Files.createDirectories(pointer.getParent());
        Files.deleteIfExists(pointer);
        if (links) {
            try {
                Files.createSymbolicLink(pointer, pointer.getParent().relativize(content));
                return;
            } catch (UnsupportedOperationException | FileSystemException notPermitted) {
                // Windows without the privilege: huggingface_hub puts the file itself into the snapshot then, and so do
                // we
            }
        }
        if (fresh) {
            Files.move(content, pointer);
        } else {
            Path copy = Files.createTempFile(pointer.getParent(), ".copy", ".incomplete");
            Files.copy(content, copy, StandardCopyOption.REPLACE_EXISTING);
            Files.move(copy, pointer, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Notes which commit a branch or tag is. */
    void refer(String revision, String commit) throws IOException {
        if (!revision.equals(commit)) {
            Path ref = folder.resolve("refs").resolve(revision);
            Files.createDirectories(ref.getParent());
            Path fresh = Files.createTempFile(ref.getParent(), ".ref", ".tmp");
            Files.writeString(fresh, commit);
            Files.move(fresh, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The snapshot that a revision was when it was last fetched, if all of the model is there. */
    Optional<Path> complete(String revision) {
        try {
            Path ref = folder.resolve("refs").resolve(revision);
            String commit = HubNames.isCommit(revision) ? revision : Files.isRegularFile(ref)
                    ? Files.readString(ref).strip() : "";
            return Optional.of(commit).filter(HubNames::isCommit).map(this::snapshot).filter(HubCache::isComplete);
        } catch (IOException unreadable) {
            throw UserError.of(say("%s: cannot be read", folder), unreadable);
        }
    }

    /** Why a file could not be read or written, in words. */
    static String reason(IOException failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return failure instanceof AccessDeniedException ? say("%s: permission denied", message) : message;
    }

    private static boolean isComplete(Path snapshot) {
        if (!Files.isRegularFile(snapshot.resolve("config.json"))
                && !Files.isRegularFile(snapshot.resolve("adapter_config.json"))) {
            return false;
        }
        for (String weights : new String[] {"model.safetensors", "adapter_model.safetensors", "pytorch_model.bin",
                "adapter_model.bin"}) {
            if (Files.isRegularFile(snapshot.resolve(weights))
                    || hasAllShards(snapshot, snapshot.resolve(weights + ".index.json"))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasAllShards(Path snapshot, Path index) {
        if (!Files.isRegularFile(index)) {
            return false;
        }
        try {
            JsonNode shards = JSON.readTree(index.toFile()).path("weight_map");
            return !shards.isEmpty() && shards.properties().stream()
                    .allMatch(tensor -> Files.isRegularFile(snapshot.resolve(tensor.getValue().asText("?"))));
        } catch (IOException unreadable) {
            return false;
        }
    }
}
