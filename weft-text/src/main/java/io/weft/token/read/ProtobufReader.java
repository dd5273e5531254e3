package io.weft.token.read;

import io.weft.problem.UserError;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import static io.weft.problem.Language.say;

/**
 * Reads one message of Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding), of a file that is not
 * trusted: every length is checked before anything is read, and whatever does not fit is refused with file and byte.
 * Fields that are not asked for can be skipped, as the format intends; groups, which nothing has used since 2008, are
 * refused. (protobuf-java's CodedInputStream takes a number of more than 64 bits, a number where a text is asked for,
 * and a tag of more than 32 bits without a word, and says of no error where it is.)
 * <pre>
 *   while (message.next()) {
 *       switch (message.field()) {
 *           case 1 -> name = message.text();
 *           default -> message.skip();
 *       }
 *   }
 * </pre>
 */
final class ProtobufReader {
    private static final int VARINT = 0, EIGHT_BYTES = 1, LENGTH = 2, FOUR_BYTES = 5;
    private final Path file;
    private final byte[] bytes;
    private final int end;
    private int at;
    private int field, wireType, fieldAt;

    /** @param bytes the whole file */
    ProtobufReader(Path file, byte[] bytes) { this(file, bytes, 0, bytes.length); }

    private ProtobufReader(Path file, byte[] bytes, int at, int end) {
        this.file = file;
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    /**
     * Goes on to the next field, whose value must have been read or skipped before the one after it. @return false at
     * the end of the message
     * @throws UserError when none can begin there
     */
    boolean next() {
        fieldAt = at;
        if (at == end) {
            return false;
        }
        long tag = readVarint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 32 != 0 || field == 0) {
            throw broken(fieldAt, say("field number %s; expected 1 to 536870911", Long.toUnsignedString(tag >>> 3)));
        }
        if (wireType != VARINT && wireType != EIGHT_BYTES && wireType != LENGTH && wireType != FOUR_BYTES) {
            throw broken(fieldAt, say("field %d has wire type %d; expected 0, 1, 2 or 5", field, wireType));
        }
        return true;
    }

    int field() { return field; }

    /** Where the field that {@link #next} came to begins, in bytes from the start of the file. */
    int offset() { return fieldAt; }

    /** An integer or enumeration. Negative numbers take ten bytes. */
    long integer() {
        require(VARINT, say("a whole number"));
        return readVarint();
    }

    boolean truth() { return integer() != 0; }

    float number() {
        require(FOUR_BYTES, say("four bytes"));
        return ByteBuffer.wrap(bytes, take(4), 4).order(java.nio.ByteOrder.LITTLE_ENDIAN).getFloat();
    }

    /** @throws UserError also when it is not UTF-8 */
    String text() {
        int length = length();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, take(length), length)).toString();
        } catch (CharacterCodingException e) {
            throw broken(fieldAt, say("field %d is not UTF-8 text", field));
        }
    }

    /** Length of a field of bytes, which are passed over. */
    int lengthOfBytes() {
        int length = length();
        take(length);
        return length;
    }

    /** A message within this one. */
    ProtobufReader message() {
        int length = length(), from = take(length);
        return new ProtobufReader(file, bytes, from, from + length);
    }

    void skip() {
        switch (wireType) {
            case VARINT -> readVarint();
            case EIGHT_BYTES -> take(8);
            case FOUR_BYTES -> take(4);
            default -> lengthOfBytes();
        }
    }

    /** What is wrong at a byte of the file, as an error that also says what to do. */
    UserError broken(int offset, String what) {
        return UserError.of(say("%s, byte %d: %s; the file is damaged or newer than Weft reads: fetch it again, or "
                + "save the tokenizer as tokenizer.json with Hugging Face transformers", file, offset, what));
    }

    private void require(int expected, String what) {
        if (wireType != expected) {
            throw broken(fieldAt, say("field %d has wire type %d; expected %s (wire type %d)", field, wireType, what,
                    expected));
        }
    }

    private int length() {
        require(LENGTH, say("a length and so many bytes"));
        int from = at;
        long length = readVarint();
        if (length < 0 || length > end - at) {
            throw broken(from, say("field %d claims %s bytes, but %d are left", field, Long.toUnsignedString(length),
                    end - at));
        }
        return (int) length;
    }

    /** Passes over so many bytes. @return where they begin */
    private int take(int count) {
        if (count > end - at) {
            throw broken(at, say("field %d needs %d bytes, but %d are left", field, count, end - at));
        }
        at += count;
        return at - count;
    }

    private long readVarint() {
        int from = at;
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == end) {
                throw broken(from, say("a number begins here and does not end"));
            }
            byte next = bytes[at++];
            if (shift == 63 && (next & 0xff) > 1) {
                break;
            }
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw broken(from, say("a number of more than 64 bits"));
    }
}
