package io.weft.app.watch;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * One record of a TensorBoard event file: a TFRecord frame (length, its checksum, data, its checksum, all
 * little-endian) around a protobuf message {@code Event} (tensorflow/core/util/event.proto and
 * framework/summary.proto, from which the numbers of the fields are).
 */
final class TensorBoardRecord {
    private TensorBoardRecord() {}

    /** The fields of a message, written one after the other. */
    private interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    /** The record that every event file begins with. */
    static ByteBuffer fileVersion(Instant at) {
        return framed(message(event -> {
            event.writeDouble(1, seconds(at));
            event.writeString(3, "brain.Event:2");
        }));
    }

    /** One point of a curve. */
    static ByteBuffer scalar(String tag, float value, int step, Instant at) {
        byte[] point = message(out -> {
            out.writeString(1, tag);
            out.writeFloat(2, value);
        });
        byte[] summary = message(out -> out.writeByteArray(1, point));
        return framed(message(event -> {
            event.writeDouble(1, seconds(at));
            event.writeInt64(2, step);
            event.writeByteArray(5, summary);
        }));
    }

    private static double seconds(Instant at) { return at.toEpochMilli() / 1e3; }

    private static byte[] message(Fields fields) {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        try {
            fields.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);   // memory refuses nothing
        }
        return bytes.toByteArray();
    }

    private static ByteBuffer framed(byte[] data) {
        byte[] length = littleEndian(Long.BYTES).putLong(data.length).array();
        return littleEndian(length.length + data.length + 2 * Integer.BYTES).put(length).putInt(maskedChecksum(length))
                .put(data).putInt(maskedChecksum(data)).flip();
    }

    /** TFRecord's masked CRC-32C: rotated right by 15 bits plus a constant (tensorflow/core/lib/hash/crc32c.h). */
    private static int maskedChecksum(byte[] data) {
        var checksum = new CRC32C();
        checksum.update(data);
        return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
