package io.weft.app.watch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * One record of a TensorBoard event file: a TFRecord frame (length, its checksum, data, its checksum, all
 * little-endian) around a protobuf message {@code Event} (tensorflow/core/util/event.proto and
 * framework/summary.proto). Three small messages are written by hand rather than carrying protobuf along.
 */
final class TensorBoardRecord {
    private static final int VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5;   // protobuf's wire types
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    private TensorBoardRecord() {}

    /** The record that every event file begins with. */
    static ByteBuffer fileVersion(Instant at) {
        return new TensorBoardRecord().fixed64(1, seconds(at))
                .bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8)).framed();
    }

    /** One point of a curve. */
    static ByteBuffer scalar(String tag, float value, int step, Instant at) {
        var point = new TensorBoardRecord().bytes(1, tag.getBytes(StandardCharsets.UTF_8)).fixed32(2, value);
        var summary = new TensorBoardRecord().bytes(1, point.message.toByteArray());
        return new TensorBoardRecord().fixed64(1, seconds(at)).varint(2, step).bytes(5, summary.message.toByteArray())
                .framed();
    }

    private static double seconds(Instant at) { return at.toEpochMilli() / 1e3; }

    private ByteBuffer framed() {
        byte[] data = message.toByteArray();
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

    private TensorBoardRecord fixed64(int field, double value) {
        return key(field, FIXED64).raw(littleEndian(Double.BYTES).putDouble(value).array());
    }

    private TensorBoardRecord fixed32(int field, float value) {
        return key(field, FIXED32).raw(littleEndian(Float.BYTES).putFloat(value).array());
    }

    private TensorBoardRecord varint(int field, int value) { return key(field, VARINT).varint(value); }

    private TensorBoardRecord bytes(int field, byte[] value) {
        return key(field, BYTES).varint(value.length).raw(value);
    }

    private TensorBoardRecord key(int field, int wireType) { return varint(field << 3 | wireType); }

    private TensorBoardRecord varint(int value) {
        for (; value > 0x7f; value >>>= 7) {
            message.write(value & 0x7f | 0x80);
        }
        message.write(value);
        return this;
    }

    private TensorBoardRecord raw(byte[] bytes) {
        message.writeBytes(bytes);
        return this;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
