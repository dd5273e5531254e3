package io.weft.data;

import io.weft.file.AtomicFile;
import io.weft.problem.UserError;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

import static io.weft.problem.Language.say;

/**
 * Groups of tokenised documents in a file, by number: in memory only their places and lengths, twelve bytes each. The
 * format, big-endian:
 * <pre>
 *   "WeftTok2"
 *   a group:  documents (int), values (int: as many as documents, or 0), each value (double); for each document: tokens
 *             n (int), n ids (int), (n + 7) / 8 bytes of flags, lowest bit first
 *   the end:  for each group its place (long) and tokens (int); the most documents of a group (long), the number of
 *             groups (long), "WeftTok2" again
 * </pre>
 * A file that was not written to its end lacks the end and is not opened.
 */
public final class ExampleStore extends AbstractList<ExampleGroup> implements RandomAccess, Closeable {
    private static final long MAGIC = 0x5765_6674_546f_6b32L; // "WeftTok2"
    private static final int TAIL = 3 * Long.BYTES, ENTRY = Long.BYTES + Integer.BYTES, HEAD = 2 * Integer.BYTES;
    private final Path file;
    private final FileChannel channel;
    private final long[] places;
    private final int[] lengths;
    private final int mostDocuments;

    private ExampleStore(Path file, FileChannel channel, long[] places, int[] lengths, int mostDocuments) {
        this.file = file;
        this.channel = channel;
        this.places = places;
        this.lengths = lengths;
        this.mostDocuments = mostDocuments;
    }

    /** @throws UserError when the file is not whole or no such file */
    public static ExampleStore open(Path file) {
        try {
            FileChannel channel = FileChannel.open(file);
            try {
                ByteBuffer entries = entries(file, channel);
                int groups = entries.remaining() / ENTRY;
                long[] places = new long[groups];
                int[] lengths = new int[groups];
                for (int i = 0; i < groups; i++) {
                    places[i] = entries.getLong();
                    lengths[i] = entries.getInt();
                }
                int most = (int) read(channel, channel.size() - TAIL, TAIL).getLong();
                return new ExampleStore(file, channel, places, lengths, most);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    /** The entries of all groups. */
    private static ByteBuffer entries(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES + TAIL || read(channel, 0, Long.BYTES).getLong() != MAGIC) {
            throw notWhole(file);
        }
        ByteBuffer tail = read(channel, size - TAIL, TAIL).position(Long.BYTES);
        long groups = tail.getLong(), bytes = groups * ENTRY;
        if (tail.getLong() != MAGIC || groups < 0 || bytes > size - TAIL - Long.BYTES || bytes > Integer.MAX_VALUE) {
            throw notWhole(file);
        }
        return read(channel, size - TAIL - bytes, (int) bytes);
    }

    private static UserError notWhole(Path file) {
        return UserError.of(say("%s is no whole file of tokenised rows; delete it, it is made again", file));
    }

    @Override public int size() { return places.length; }

    /** Documents of the largest group. */
    public int mostDocuments() { return mostDocuments; }

    /** Tokens of a group, all its documents together. */
    public int length(int number) { return lengths[number]; }

    /** Tokens of every group. */
    public int[] lengths() { return lengths.clone(); }

    /** A group by its number. May be called by several threads at once. */
    @Override public ExampleGroup get(int number) {
        try {
            ByteBuffer head = read(channel, places[number], HEAD);
            int documents = head.getInt(), valued = head.getInt();
            int bytes = documents * Integer.BYTES + lengths[number] * Integer.BYTES
                    + documents + lengths[number] / 8 + documents   // an upper bound of the flags' bytes
                    + valued * Double.BYTES;
            long from = places[number] + HEAD;
            ByteBuffer body = read(channel, from, (int) Math.min(bytes, channel.size() - from));
            double[] values = new double[valued];
            for (int i = 0; i < valued; i++) {
                values[i] = body.getDouble();
            }
            List<Example> examples = new ArrayList<>(documents);
            for (int i = 0; i < documents; i++) {
                examples.add(document(body));
            }
            return new ExampleGroup(examples, values);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    private static Example document(ByteBuffer from) {
        int[] ids = new int[from.getInt()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = from.getInt();
        }
        boolean[] trained = new boolean[ids.length];
        byte[] flags = new byte[(ids.length + 7) / 8];
        from.get(flags);
        for (int i = 0; i < trained.length; i++) {
            trained[i] = (flags[i / 8] >> i % 8 & 1) != 0;
        }
        return new Example(ids, trained);
    }

    private static ByteBuffer read(FileChannel channel, long from, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new IOException("ended at " + (from + buffer.position()));
            }
        }
        return buffer.flip();
    }

    @Override public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    /** Writes a store under another name; {@link #finish} gives it its own. One thread at a time. */
    public static final class Writer implements Closeable {
        private static final int BUFFER = 1 << 20;
        private final Path file, partial;
        private final FileChannel channel;
        private ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        private long written;
        private long[] places = new long[1 << 10];
        private int[] lengths = new int[1 << 10];
        private int count, mostDocuments;

        /** @throws UserError when the disk refuses */
        public Writer(Path file) {
            this.file = file;
            partial = file.resolveSibling(file.getFileName() + ".partial");
            try {
                channel = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                room(Long.BYTES).putLong(MAGIC);
            } catch (IOException e) {
                throw AtomicFile.cannotWrite(partial, e);
            }
        }

        public void add(ExampleGroup group) {
            if (count == places.length) {
                places = Arrays.copyOf(places, 2 * count);
                lengths = Arrays.copyOf(lengths, 2 * count);
            }
            places[count] = written + buffer.position();
            lengths[count++] = group.length();
            mostDocuments = Math.max(mostDocuments, group.documents().size());
            try {
                ByteBuffer head = room(HEAD + group.values().length * Double.BYTES)
                        .putInt(group.documents().size()).putInt(group.values().length);
                for (double value : group.values()) {
                    head.putDouble(value);
                }
                for (Example document : group.documents()) {
                    add(document);
                }
            } catch (IOException e) {
                throw AtomicFile.cannotWrite(partial, e);
            }
        }

        private void add(Example document) throws IOException {
            int length = document.length();
            ByteBuffer to = room(Integer.BYTES + length * Integer.BYTES + (length + 7) / 8);
            to.putInt(length);
            for (int id : document.ids()) {
                to.putInt(id);
            }
            byte[] flags = new byte[(length + 7) / 8];
            for (int i = 0; i < length; i++) {
                flags[i / 8] |= (byte) (document.trained()[i] ? 1 << i % 8 : 0);
            }
            to.put(flags);
        }

        /** A buffer with room for so many bytes. */
        private ByteBuffer room(int bytes) throws IOException {
            if (buffer.remaining() < bytes) {
                flush();
                if (buffer.capacity() < bytes) {
                    buffer = ByteBuffer.allocate(bytes);
                }
            }
            return buffer;
        }

        private void flush() throws IOException {
            buffer.flip();
            written += buffer.remaining();
            AtomicFile.writeFully(channel, buffer);
            buffer.clear();
        }

        /** Ends the file and gives it its name. @throws UserError when the disk refuses */
        public void finish() {
            try {
                for (int i = 0; i < count; i++) {
                    room(ENTRY).putLong(places[i]).putInt(lengths[i]);
                }
                room(TAIL).putLong(mostDocuments).putLong(count).putLong(MAGIC);
                flush();
                channel.force(true);
                channel.close();
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                AtomicFile.sync(file.toAbsolutePath().getParent());
            } catch (IOException e) {
                throw AtomicFile.cannotWrite(file, e);
            }
        }

        /** Leaves nothing behind that was not finished. */
        @Override public void close() {
            try {
                channel.close();
                Files.deleteIfExists(partial);
            } catch (IOException e) {
                throw AtomicFile.cannotWrite(partial, e);
            }
        }
    }
}
