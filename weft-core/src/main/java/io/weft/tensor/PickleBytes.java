package io.weft.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import static io.weft.problem.Language.say;

/** The arguments of a pickle's operations, read in order; never past the end. */
final class PickleBytes {
    private static final int LARGEST_TEXT = 1 << 20, LARGEST_LINE = 1024;
    private final ByteBuffer bytes;

    PickleBytes(ByteBuffer bytes) { this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN); }

    int position() { return bytes.position(); }

    int unsignedByte() throws CorruptFileException { return Byte.toUnsignedInt(need(1).get()); }

    int unsignedShort() throws CorruptFileException { return Short.toUnsignedInt(need(2).getShort()); }

    int integer() throws CorruptFileException { return need(4).getInt(); }

    // the one big-endian number of the format
    double number() throws CorruptFileException {
        return Double.longBitsToDouble(Long.reverseBytes(need(8).getLong()));
    }

    /** A two's complement integer of the given number of bytes, up to eight. */
    long integer(int length) throws CorruptFileException {
        if (length > Long.BYTES) {
            throw new CorruptFileException(say("byte %d: an integer of %d bytes", position(), length));
        }
        need(length);
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (long) Byte.toUnsignedInt(bytes.get()) << (8 * i);
        }
        int unused = Long.SIZE - 8 * length;
        return length == 0 ? 0 : value << unused >> unused;
    }

    String text(int length) throws CorruptFileException {
        if (length < 0 || length > LARGEST_TEXT) {
            throw new CorruptFileException(say("byte %d: a text of %d bytes", position(),
                    Integer.toUnsignedLong(length)));
        }
        need(length);
        byte[] text = new byte[length];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Up to the next line feed, which is consumed. */
    String line() throws CorruptFileException {
        for (int length = 0; length <= LARGEST_LINE && length < bytes.remaining(); length++) {
            if (bytes.get(bytes.position() + length) == '\n') {
                String line = text(length);
                bytes.get();
                return line;
            }
        }
        throw new CorruptFileException(say("byte %d: a line without an end", position()));
    }

    /** Skips the length of a frame, which only tells readers how much to buffer. */
    void skipFrame() throws CorruptFileException { need(8).getLong(); }

    private ByteBuffer need(int length) throws CorruptFileException {
        if (bytes.remaining() < length) {
            throw new CorruptFileException(say("its pickle ends in the middle of an operation"));
        }
        return bytes;
    }
}
