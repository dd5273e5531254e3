package io.weft.tensor;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Language.say;

/**
 * Where the members of a zip file lie (PKWARE APPNOTE 4.3 and 4.5.3, with the zip64 records that a file above 4 GB
 * needs). Only what {@code torch.save} writes is taken: stored members, so that their bytes are there as they are and
 * nothing can swell. Members must lie within the file, apart from each other, each under a name of its own.
 */
final class StoredZip {
    private static final int END = 0x06054b50, END_64 = 0x06064b50, LOCATOR_64 = 0x07064b50, DIRECTORY = 0x02014b50,
            LOCAL = 0x04034b50;
    private static final int END_LENGTH = 22, LOCATOR_LENGTH = 20, END_64_LENGTH = 56, LOCAL_LENGTH = 30, SIZES_64 = 1;
    private static final long IN_64 = 0xffffffffL, LARGEST_DIRECTORY = 256L << 20;
    private final FileChannel channel;
    private final long size;
    private final Map<String, Member> members = new LinkedHashMap<>();

    /** @param header bytes from the start of the file to the member's own header  @param start to its first byte */
    record Member(String name, long header, long start, long length) {}

    private StoredZip(FileChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.size();
    }

    /** The members by name, in the order of the directory. */
    static Map<String, Member> members(FileChannel channel) throws IOException, CorruptFileException {
        StoredZip zip = new StoredZip(channel);
        try {
            zip.readDirectory();
        } catch (BufferUnderflowException e) {
            throw new CorruptFileException(say("its directory is cut off"));
        }
        zip.requireApart();
        return zip.members;
    }

    private void readDirectory() throws IOException, CorruptFileException {
        ByteBuffer end = size < END_LENGTH ? null : read(size - END_LENGTH, END_LENGTH);
        if (end == null || end.getInt() != END) {
            throw new CorruptFileException(say("it does not end with a zip directory"));
        }
        long last = size - END_LENGTH;
        long count = Short.toUnsignedLong(end.getShort(10)), length = Integer.toUnsignedLong(end.getInt(12)),
                start = Integer.toUnsignedLong(end.getInt(16));
        ByteBuffer locator = last < LOCATOR_LENGTH ? null : read(last - LOCATOR_LENGTH, LOCATOR_LENGTH);
        if (locator != null && locator.getInt(0) == LOCATOR_64) {
            last = locator.getLong(8);
            ByteBuffer end64 = read(last, END_64_LENGTH);
            if (end64.getInt(0) != END_64) {
                throw new CorruptFileException(say("its zip64 directory is not where it should be"));
            }
            count = end64.getLong(32);
            length = end64.getLong(40);
            start = end64.getLong(48);
        }
        if (start < 0 || length < 0 || length > LARGEST_DIRECTORY || start > last - length || count < 0) {
            throw new CorruptFileException(say("its directory of %d bytes at byte %d does not fit the file", length,
                    start));
        }
        ByteBuffer directory = read(start, (int) length);
        for (long i = 0; i < count; i++) {
            add(directory, start);
        }
    }

    /** Reads one record of the directory. @param limit where members must end */
    private void add(ByteBuffer directory, long limit) throws IOException, CorruptFileException {
        ByteBuffer head = part(directory, 46);
        if (head.getInt(0) != DIRECTORY) {
            throw new CorruptFileException(say("its directory is damaged"));
        }
        String name = text(part(directory, Short.toUnsignedInt(head.getShort(28))));
        ByteBuffer extra = part(directory, Short.toUnsignedInt(head.getShort(30)));
        part(directory, Short.toUnsignedInt(head.getShort(32)));
        if (name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0
                || List.of(name.split("/", -1)).contains("..")) {
            throw new CorruptFileException(say("its member \"%s\" lies outside of it",
                    CorruptFileException.printable(name)));
        }
        if (head.getShort(10) != 0 || (head.getShort(8) & 1) != 0) {
            throw new CorruptFileException(say("its member %s is compressed or encrypted, which torch.save never does",
                    CorruptFileException.printable(name)));
        }
        ByteBuffer sizes = sizes64(extra);
        long length = wide(head.getInt(24), sizes), packed = wide(head.getInt(20), sizes),
                header = wide(head.getInt(42), sizes);
        if (length < 0 || packed != length || header < 0 || header > limit - LOCAL_LENGTH) {
            throw outside(name);
        }
        ByteBuffer local = read(header, LOCAL_LENGTH);
        int nameLength = Short.toUnsignedInt(local.getShort(26));
        long start = header + LOCAL_LENGTH + nameLength + Short.toUnsignedInt(local.getShort(28));
        if (local.getInt(0) == LOCAL && (start > limit || length > limit - start)) {
            throw outside(name);
        }
        if (local.getInt(0) != LOCAL || !text(read(header + LOCAL_LENGTH, nameLength)).equals(name)) {
            throw new CorruptFileException(say("its member %s is not where the directory says",
                    CorruptFileException.printable(name)));
        }
        if (members.put(name, new Member(name, header, start, length)) != null) {
            throw new CorruptFileException(say("it has two members named %s", CorruptFileException.printable(name)));
        }
    }

    private static CorruptFileException outside(String name) {
        return new CorruptFileException(say("its member %s does not fit the file",
                CorruptFileException.printable(name)));
    }

    private void requireApart() throws CorruptFileException {
        Member[] inOrder = members.values().toArray(Member[]::new);
        Arrays.sort(inOrder, Comparator.comparingLong(Member::header));
        for (int i = 1; i < inOrder.length; i++) {
            if (inOrder[i].header() < inOrder[i - 1].start() + inOrder[i - 1].length()) {
                throw new CorruptFileException(say("its members %s and %s overlap",
                        CorruptFileException.printable(inOrder[i - 1].name()),
                        CorruptFileException.printable(inOrder[i].name())));
            }
        }
    }

    /** The zip64 numbers of an extra field; empty when there are none. */
    private static ByteBuffer sizes64(ByteBuffer extra) {
        while (extra.remaining() >= 4) {
            int id = Short.toUnsignedInt(extra.getShort());
            ByteBuffer field = part(extra, Short.toUnsignedInt(extra.getShort()));
            if (id == SIZES_64) {
                return field;
            }
        }
        return ByteBuffer.allocate(0);
    }

    /** A number of 32 bits, or the next of the zip64 numbers when those do not suffice. */
    private static long wide(int narrow, ByteBuffer sizes) {
        long value = Integer.toUnsignedLong(narrow);
        return value == IN_64 ? sizes.getLong() : value;
    }

    private static ByteBuffer part(ByteBuffer from, int length) {
        if (length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer part = from.slice(from.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        from.position(from.position() + length);
        return part;
    }

    private static String text(ByteBuffer bytes) { return StandardCharsets.UTF_8.decode(bytes).toString(); }

    private ByteBuffer read(long start, int length) throws IOException, CorruptFileException {
        return read(channel, start, length);
    }

    /** Bytes of a file, little-endian. */
    static ByteBuffer read(FileChannel channel, long start, int length) throws IOException, CorruptFileException {
        if (start < 0 || start > channel.size() - length) {
            throw new CorruptFileException(say("it ends too early"));
        }
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, start + bytes.position()) < 0) {
                throw new CorruptFileException(say("it ends too early"));
            }
        }
        return bytes.flip();
    }
}
