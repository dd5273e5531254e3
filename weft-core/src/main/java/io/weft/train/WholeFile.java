package io.weft.train;

import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

import static io.weft.problem.Language.say;

/** A file that readers find either old or new, never half-written: written beside its place, forced to disk, renamed. */
public final class WholeFile {
    private WholeFile() {}

    /** @throws UserError when the disk refuses */
    public static void write(Path file, byte[] content) {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try {
            try (var channel = FileChannel.open(unfinished, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                writeAll(channel, ByteBuffer.wrap(content));
                channel.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw refused(file, e);
        }
    }

    /** A channel may write less than it is given. */
    static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** What the user is told when the file system refuses a file of the run. */
    static UserError refused(Path file, IOException e) {
        // a FileSystemException's message may be the bare path, so its type says what is wrong
        String reason = e instanceof FileSystemException failure && failure.getReason() == null ? e.getClass().getSimpleName().replace("Exception", "") : e.getMessage();
        return UserError.of(say("%s cannot be read or written: %s; check the free space and the permissions of its folder",
                "%s 无法读写:%s;请检查磁盘剩余空间和所在文件夹的权限", file, reason), e);
    }
}
