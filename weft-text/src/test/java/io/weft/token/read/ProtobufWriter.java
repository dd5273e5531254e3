package io.weft.token.read;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes messages of Protocol Buffers' wire format, right and wrong ones, for tests. */
public final class ProtobufWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public byte[] bytes() { return bytes.toByteArray(); }

    public ProtobufWriter number(int field, long value) { return varint((long) field << 3).varint(value); }

    ProtobufWriter fourBytes(int field, float value) {
        varint((long) field << 3 | 5);
        bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
        return this;
    }

    ProtobufWriter eightBytes(int field, long value) {
        varint((long) field << 3 | 1);
        bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
        return this;
    }

    public ProtobufWriter text(int field, String value) { return bytes(field, value.getBytes(StandardCharsets.UTF_8)); }

    public ProtobufWriter message(int field, ProtobufWriter value) { return bytes(field, value.bytes()); }

    public ProtobufWriter bytes(int field, byte[] value) {
        varint((long) field << 3 | 2).varint(value.length);
        return raw(value);
    }

    public ProtobufWriter varint(long value) {
        for (; (value & ~0x7fL) != 0; value >>>= 7) {
            bytes.write((int) (value & 0x7f | 0x80));
        }
        bytes.write((int) value);
        return this;
    }

    public ProtobufWriter raw(byte... value) {
        bytes.writeBytes(value);
        return this;
    }
}
