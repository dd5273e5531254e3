package io.weft.data.read;

import io.weft.problem.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

import static io.weft.problem.Language.say;

/**
 * Strict UTF-8 with or without a byte order mark. Text in another encoding is the user's mistake, named with its line
 * and byte: a replacement character would train in silence.
 */
public final class Utf8Reader extends Reader {
    private final String file;
    private final InputStream in;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    private long offset;
    private int line = 1;
    private boolean ended;

    /** @throws UserError when the file cannot be read, or begins like one that holds no plain text */
    static Utf8Reader open(Path path) {
        if (!Files.exists(path)) {
            throw UserError.of(say("%s: no such file", path));
        }
        if (!Files.isRegularFile(path)) {
            throw UserError.of(say("%s is not a file; give a JSON, JSONL, CSV or text file", path));
        }
        try {
            return new Utf8Reader(path.toString(), Files.newInputStream(path));
        } catch (IOException e) {
           throw unreadable(path.toString(), e);
        }
    }

    public static UserError unreadable(String file, IOException e) {
        return UserError.of(say("%s cannot be read: %s", file, DiskError.of(e)), e);
    }

    private Utf8Reader(String file, InputStream in) throws IOException {
        this.file = file;
        this.in = in;
        bytes.limit(0);
        fill();
        byte[] head = Arrays.copyOf(bytes.array(), Math.min(4, bytes.limit()));
        String found = otherKind(HexFormat.of().formatHex(head));
        if (found != null) {
            in.close();
            throw UserError.of(say("%s is %s; expected text in UTF-8", file, found));
        }
        if (head.length >= 3 && HexFormat.of().formatHex(head, 0, 3).equals("efbbbf")) {
            bytes.position(3);
            offset = 3;
        }
    }

    private static String otherKind(String head) {
        if (head.startsWith("1f8b")) {
            return say("a gzip archive (unpack it first)");
        }
        if (head.equals("504b0304")) {
            return say("a zip archive or an Excel file (save it as CSV in UTF-8)");
        }
        if (head.equals("50415231")) {
            return say("a Parquet file (write it as JSONL)");
        }
        return head.startsWith("fffe") || head.startsWith("feff") ? say("text in UTF-16 (save it as UTF-8)") : null;
    }

    @Override public int read(char[] target, int from, int length) throws IOException {
        var out = CharBuffer.wrap(target, from, length);
        while (true) {
            int before = bytes.position();
            CoderResult result = decoder.decode(bytes, out, ended);
            offset += bytes.position() - before;
            int read = out.position() - from;
            for (int i = from; i < from + read; i++) {
                line += target[i] == '\n' ? 1 : 0;
            }
            if (result.isError()) {
                throw UserError.of(say("%s line %d is not UTF-8: byte %d of the file is 0x%02x; save the file as "
                        + "UTF-8 (from GBK: iconv -f GBK -t UTF-8)", file, line, offset, bytes.get(bytes.position())));
            }
            if (read > 0 || length == 0) {
                return read;
            }
            if (result.isOverflow()) {
                throw new IllegalArgumentException("a buffer of one char cannot take a surrogate pair");
            }
            if (ended) {
                return -1;
            }
            fill();
        }
    }

    /** Bytes decoded so far. */
    long offset() { return offset; }

    private void fill() throws IOException {
        bytes.compact();
        int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
        if (read < 0) {
            ended = true;
        } else {
            bytes.position(bytes.position() + read);
        }
        bytes.flip();
    }

    @Override public void close() throws IOException { in.close(); }
}
