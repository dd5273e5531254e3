package io.weft.tensor;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes a pickle operation by operation, as {@code torch.save} does or as somebody with ill intent would. */
public final class Pickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Protocol 2, torch's own. */
    public Pickle() { op(0x80, 2); }

    public Pickle(int protocol) { op(0x80, protocol); }

    public Pickle op(int... bytes) {
        for (int each : bytes) {
            out.write(each);
        }
        return this;
    }

    public Pickle ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public Pickle text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return op('X').little(bytes.length, 4).ascii(text);
    }

    public Pickle number(long number) { return op(0x8a, 8).little(number, 8); }

    public Pickle global(String module, String name) { return op('c').ascii(module + "\n" + name + "\n"); }

    public Pickle tuple(long... numbers) {
        op('(');
        for (long each : numbers) {
            number(each);
        }
        return op('t');
    }

    /** @param type as in "Float" */
    public Pickle storage(String type, String key, long elements) {
        return op('(').text("storage").global("torch", type + "Storage").text(key).text("cpu").number(elements)
                .op('t', 'Q');
    }

    /** A tensor in row-major order that fills its storage. */
    public Pickle tensor(String type, String key, long... shape) {
        long[] strides = new long[shape.length];
        long elements = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = elements;
            elements *= shape[i];
        }
        return tensor(type, key, elements, 0, shape, strides);
    }

    public Pickle tensor(String type, String key, long elements, long offset, long[] shape, long[] strides) {
        return global("torch._utils", "_rebuild_tensor_v2").op('(').storage(type, key, elements).number(offset)
                .tuple(shape).tuple(strides).op(0x89)
                .global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    /** With the STOP at its end. */
    public byte[] done() { return op('.').out.toByteArray(); }

    private Pickle little(long value, int bytes) {
        out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array(), 0, bytes);
        return this;
    }
}
