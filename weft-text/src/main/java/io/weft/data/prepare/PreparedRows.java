package io.weft.data.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.weft.data.Sample;
import io.weft.data.read.Utf8Reader;
import io.weft.file.JsonProblem;
import io.weft.file.Sha256;
import io.weft.problem.UserError;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

import static io.weft.problem.Language.say;

/**
 * The rows of a prepared file as a list that reads each row from the disk when it is asked for: in memory only eight
 * bytes a row. Each has its place in the user's file, which outlives the prepared one. The file was verified when this
 * was opened. Threads may share one.
 */
public final class PreparedRows extends AbstractList<Sample> implements RandomAccess, Closeable {
    private final Path file;
    private final RowColumns columns;
    private final LineFile lines;
    private final PlacesFile places;

    private PreparedRows(Path file, RowColumns columns, LineFile lines, PlacesFile places) {
        this.file = file;
        this.columns = columns;
        this.lines = lines;
        this.places = places;
    }

    /**
     * @param sources the user's files that the rows are from
     * @throws UserError when the file is not, byte for byte, the one that was prepared
     */
    static PreparedRows open(Path file, RowColumns columns, Manifest.Source expected, List<String> sources) {
        try {
            long bytes = Files.size(file);
            long[] starts = new long[expected.rows() + 1];
            MessageDigest digest = Sha256.digest();
            int rows = scan(file, digest, starts);
            String sha256 = Sha256.hex(digest);
            if (rows != expected.rows() || !sha256.equals(expected.sha256())) {
                throw UserError.of(say("%s is not the file that was prepared (%d bytes, SHA-256 %.12s…, expected %d "
                        + "bytes, %.12s…); prepare the data again", file, bytes, sha256, expected.bytes(),
                        expected.sha256()));
            }
            return new PreparedRows(file, columns, new LineFile(file, starts, rows),
                    PlacesFile.open(file, rows, sources));
        } catch (NoSuchFileException e) {
            throw UserError.of(say("%s: no such file; prepare the data again", file), e);
        } catch (IOException e) {
            throw Utf8Reader.unreadable(file.toString(), e);
        }
    }

    /** One pass for the hash and for where the lines begin. @return how many lines there are */
    private static int scan(Path file, MessageDigest digest, long[] starts) throws IOException {
        byte[] buffer = new byte[1 << 16];
        int rows = 0;
        long at = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                for (int i = 0; i < read; i++) {
                    if (buffer[i] == '\n' && ++rows < starts.length) {
                        starts[rows] = at + i + 1;
                    }
                }
                at += read;
            }
        }
        return rows;
    }

    @Override public int size() { return lines.count(); }

    @Override public Sample get(int number) {
        try {
            return columns.read(RowSpool.JSON.readTree(lines.line(number)), places.place(number));
        } catch (JsonProcessingException e) {
            throw damaged(file, JsonProblem.of(e));
        } catch (IllegalArgumentException e) {
            throw damaged(file, say("line %d has other columns than %s", number + 1, columns.names()));
        } catch (IOException e) {
            throw Utf8Reader.unreadable(file.toString(), e);
        }
    }

    static UserError damaged(Path file, String found) {
        return UserError.of(say("%s is damaged (%s); prepare the data again", file, found));
    }

    @Override public void close() {
        try {
            lines.close();
            places.close();
        } catch (IOException e) {
            throw Utf8Reader.unreadable(file.toString(), e);
        }
    }
}
