package io.weft.tensor;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes the zip of {@code torch.save} by hand: stored members whose bytes begin at a multiple of 64, and a directory,
 * as zip64 or not. What a test wants to be wrong can be made so.
 */
public final class TorchZip {
    private static final int ALIGNMENT = 64;
    private final List<Member> members = new ArrayList<>();
    private boolean zip64;

    /**
     * @param length what the directory claims
     * @param at where the directory says that it begins, or -1 for the truth
     */
    private record Member(String name, byte[] bytes, long length, long at, int method) {}

    /** A zip whose folder is named "archive", with a pickle. */
    public static TorchZip of(byte[] pickle) { return new TorchZip().with("archive/data.pkl", pickle); }

    /** What torch.save(dictionary) writes. Tensors of type F32 only. */
    public static TorchZip holding(Map<String, Tensor> tensors) {
        Pickle pickle = new Pickle().op('}');
        List<float[]> storages = new ArrayList<>();
        tensors.forEach((name, tensor) -> {
            pickle.text(name).tensor("Float", String.valueOf(storages.size()), tensor.shape()).op('s');
            storages.add(tensor.toFloats());
        });
        TorchZip zip = of(pickle.done());
        for (int i = 0; i < storages.size(); i++) {
            zip.floats(String.valueOf(i), storages.get(i));
        }
        return zip;
    }

    public TorchZip with(String name, byte[] bytes) { return with(name, bytes, bytes.length, -1, 0); }

    public TorchZip with(String name, byte[] bytes, long length, long at, int method) {
        members.add(new Member(name, bytes, length, at, method));
        return this;
    }

    public TorchZip floats(String key, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return with("archive/data/" + key, bytes.array());
    }

    /** Sizes and offsets in zip64 records only. */
    public TorchZip zip64() {
        zip64 = true;
        return this;
    }

    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(), directory = new ByteArrayOutputStream();
        for (Member member : members) {
            byte[] name = member.name.getBytes(StandardCharsets.UTF_8);
            int padding = Math.floorMod(-(out.size() + 30 + name.length), ALIGNMENT);
            long at = member.at < 0 ? out.size() : member.at;
            out.writeBytes(little(30).putInt(0x04034b50).putLong(0).putLong(0).putShort(26, (short) name.length)
                    .putShort(28, (short) padding).array());
            out.writeBytes(name);
            out.writeBytes(new byte[padding]);
            out.writeBytes(member.bytes);

            ByteBuffer extra = zip64 ? little(28).putShort((short) 1).putShort((short) 24).putLong(member.length)
                    .putLong(member.length).putLong(at) : little(0);
            ByteBuffer head = little(46).putInt(0x02014b50).putShort(10, (short) member.method)
                    .putInt(20, narrow(member.length)).putInt(24, narrow(member.length))
                    .putShort(28, (short) name.length).putShort(30, (short) extra.capacity()).putInt(42, narrow(at));
            directory.writeBytes(head.array());
            directory.writeBytes(name);
            directory.writeBytes(extra.array());
        }
        int start = out.size();
        out.writeBytes(directory.toByteArray());
        if (zip64) {
            out.writeBytes(little(56).putInt(0x06064b50).putLong(44).putLong(24, members.size())
                    .putLong(32, members.size()).putLong(40, directory.size()).putLong(48, start).array());
            out.writeBytes(little(20).putInt(0x07064b50).putLong(8, start + directory.size()).putInt(16, 1).array());
        }
        out.writeBytes(little(22).putInt(0x06054b50).putShort(8, (short) members.size())
                .putShort(10, zip64 ? -1 : (short) members.size()).putInt(12, narrow(directory.size()))
                .putInt(16, narrow(start)).array());
        return out.toByteArray();
    }

    private int narrow(long number) { return zip64 ? -1 : (int) number; }

    private static ByteBuffer little(int size) { return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN); }
}
