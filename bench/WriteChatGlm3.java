import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/**
 * Writes a folder of the shape of ChatGLM3-6B with random bf16 weights (6,243,584,000 of them, 12.5 GB), sharded as the
 * published one: to measure memory and speed at full size where the real weights are not at hand. The same bytes in
 * either format.
 * <pre>
 *   java bench/WriteChatGlm3.java DIR --tokenizer tokenizer.model [--format safetensors|bin] [--layers 28]
 * </pre>
 */
public class WriteChatGlm3 {
    private static final int WIDTH = 4096, INNER = 13696, VOCABULARY = 65024, QUERY_KEY_VALUE = 4096 + 2 * 2 * 128;
    private static final long SHARD = 1_900_000_000L;
    /** 65,536 draws from a normal distribution of deviation 0.02, in bf16: sixteen random bits choose one. */
    private static final byte[] NORMAL = normal();

    private enum Fill { NORMAL, ONE, ZERO }

    private record Weight(String name, Fill fill, int... shape) {
        long elements() {
            long n = 1;
            for (int size : shape) {
                n *= size;
            }
            return n;
        }

        long bytes() { return 2 * elements(); }

        void write(OutputStream out) throws IOException {
            byte[] chunk = new byte[1 << 20];
            SplittableRandom random = new SplittableRandom(name.hashCode());
            for (long left = bytes(); left > 0; left -= chunk.length) {
                int length = (int) Math.min(left, chunk.length);
                for (int i = 0; i < length; i += 8) {
                    long bits = fill == Fill.NORMAL ? random.nextLong() : 0;
                    for (int j = i; j < Math.min(length, i + 8); j += 2, bits >>>= 16) {
                        int at = 2 * (int) (bits & 0xffff);
                        chunk[j] = fill == Fill.NORMAL ? NORMAL[at] : fill == Fill.ONE ? (byte) 0x80 : 0;
                        chunk[j + 1] = fill == Fill.NORMAL ? NORMAL[at + 1] : fill == Fill.ONE ? (byte) 0x3f : 0;
                    }
                }
                out.write(chunk, 0, length);
            }
        }
    }

    public static void main(String[] args) throws IOException {
        Path folder = null, tokenizer = null;
        boolean bin = false;
        int layers = 28;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--tokenizer" -> tokenizer = Path.of(args[++i]);
                case "--format" -> bin = args[++i].equals("bin");
                case "--layers" -> layers = Integer.parseInt(args[++i]);
                default -> folder = Path.of(args[i]);
            }
        }
        if (folder == null || tokenizer == null) {
            System.err.println(
                    "java bench/WriteChatGlm3.java DIR --tokenizer tokenizer.model [--format safetensors|bin] "
                    + "[--layers 28]");
            System.exit(2);
        }
        Files.createDirectories(folder);
        Files.copy(tokenizer, folder.resolve("tokenizer.model"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(folder.resolve("tokenizer_config.json"),
                "{\"tokenizer_class\": \"ChatGLMTokenizer\", \"remove_space\": false, \"do_lower_case\": false}\n");
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "chatglm", "architectures": ["ChatGLMModel"], "num_layers": %d, \
                "padded_vocab_size": 65024, "hidden_size": 4096, "ffn_hidden_size": 13696, "kv_channels": 128,
                 "num_attention_heads": 32, "multi_query_attention": true, "multi_query_group_num": 2, \
                 "seq_length": 8192, "add_bias_linear": false, "add_qkv_bias": true, "rmsnorm": true,
                 "post_layer_norm": true, "layernorm_epsilon": 1e-05, "apply_query_key_layer_scaling": true, \
                 "apply_residual_connection_post_layernorm": false, "attention_softmax_in_fp32": true,
                 "fp32_residual_connection": false, "original_rope": true, "tie_word_embeddings": false, \
                 "eos_token_id": 2, "pad_token_id": 0, "torch_dtype": "bfloat16"}
                """.formatted(layers));
        List<List<Weight>> shards = shards(weights(layers));
        Map<String, String> places = new LinkedHashMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String name = bin ? "pytorch_model-%05d-of-%05d.bin".formatted(i + 1, shards.size())
                    : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
            try (Counted out = new Counted(new BufferedOutputStream(Files.newOutputStream(folder.resolve(name)),
                    1 << 20))) {
                if (bin) {
                    writeBin(out, shards.get(i));
                } else {
                    writeSafetensors(out, shards.get(i));
                }
            }
            shards.get(i).forEach(weight -> places.put(weight.name(), name));
            System.out.println(folder.resolve(name));
        }
        long bytes = shards.stream().flatMap(List::stream).mapToLong(Weight::bytes).sum();
        String map = places.entrySet().stream().map(e -> "\"%s\": \"%s\"".formatted(e.getKey(), e.getValue()))
                .collect(Collectors.joining(",\n    "));
        Files.writeString(folder.resolve(bin ? "pytorch_model.bin.index.json" : "model.safetensors.index.json"),
                "{\n  \"metadata\": {\"total_size\": %d},\n  \"weight_map\": {\n    %s\n  }\n}\n".formatted(bytes,
                map));
        System.out.printf("%,d weights, %.1f GB%n", bytes / 2, bytes / 1e9);
    }

    private static List<Weight> weights(int layers) {
        List<Weight> all = new ArrayList<>();
        all.add(new Weight("transformer.embedding.word_embeddings.weight", Fill.NORMAL, VOCABULARY, WIDTH));
        for (int i = 0; i < layers; i++) {
            String layer = "transformer.encoder.layers." + i + ".";
            all.add(new Weight(layer + "input_layernorm.weight", Fill.ONE, WIDTH));
            all.add(new Weight(layer + "self_attention.query_key_value.weight", Fill.NORMAL, QUERY_KEY_VALUE, WIDTH));
            all.add(new Weight(layer + "self_attention.query_key_value.bias", Fill.ZERO, QUERY_KEY_VALUE));
            all.add(new Weight(layer + "self_attention.dense.weight", Fill.NORMAL, WIDTH, WIDTH));
            all.add(new Weight(layer + "post_attention_layernorm.weight", Fill.ONE, WIDTH));
            all.add(new Weight(layer + "mlp.dense_h_to_4h.weight", Fill.NORMAL, 2 * INNER, WIDTH));
            all.add(new Weight(layer + "mlp.dense_4h_to_h.weight", Fill.NORMAL, WIDTH, INNER));
        }
        all.add(new Weight("transformer.encoder.final_layernorm.weight", Fill.ONE, WIDTH));
        all.add(new Weight("transformer.output_layer.weight", Fill.NORMAL, VOCABULARY, WIDTH));
        return all;
    }

    private static List<List<Weight>> shards(List<Weight> weights) {
        List<List<Weight>> shards = new ArrayList<>(List.of(new ArrayList<>()));
        long size = 0;
        for (Weight weight : weights) {
            if (size + weight.bytes() > SHARD) {
                shards.add(new ArrayList<>());
                size = 0;
            }
            shards.get(shards.size() - 1).add(weight);
            size += weight.bytes();
        }
        return shards;
    }

    // ---- safetensors ----

    private static void writeSafetensors(OutputStream out, List<Weight> weights) throws IOException {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        long at = 0;
        for (Weight weight : weights) {
            header.append(",\"%s\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(weight.name(),
                    java.util.Arrays.toString(weight.shape()), at, at + weight.bytes()));
            at += weight.bytes();
        }
        header.append('}');
        header.append(" ".repeat((8 - header.length() % 8) % 8)); // tensors begin at a multiple of eight
        out.write(little(8).putLong(header.length()).array());
        out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
        for (Weight weight : weights) {
            weight.write(out);
        }
    }

    // ---- torch.save: a zip of stored members, a pickle and one member a tensor ----

    private record Member(String name, long size, long crc, long offset) {}

    private interface Content {
        void write(OutputStream out) throws IOException;
    }

    private static void writeBin(Counted out, List<Weight> weights) throws IOException {
        List<Member> members = new ArrayList<>();
        byte[] pickle = pickle(weights);
        members.add(member(out, "archive/data.pkl", pickle.length, target -> target.write(pickle)));
        members.add(member(out, "archive/byteorder", 6,
                target -> target.write("little".getBytes(StandardCharsets.US_ASCII))));
        for (int i = 0; i < weights.size(); i++) {
            members.add(member(out, "archive/data/" + i, weights.get(i).bytes(), weights.get(i)::write));
        }
        members.add(member(out, "archive/version", 2,
                target -> target.write("3\n".getBytes(StandardCharsets.US_ASCII))));
        long directory = out.count;
        for (Member m : members) {
            byte[] name = m.name().getBytes(StandardCharsets.US_ASCII);
            out.write(little(46).putInt(0x02014b50).putShort((short) 0).putShort((short) 0).putShort((short) 0)
                    .putShort((short) 0).putInt(0).putInt((int) m.crc()).putInt((int) m.size())
                    .putInt((int) m.size()).putShort((short) name.length).putShort((short) 0).putShort((short) 0)
                    .putShort((short) 0).putShort((short) 0).putInt(0).putInt((int) m.offset()).array());
            out.write(name);
        }
        long size = out.count - directory;
        out.write(little(22).putInt(0x06054b50).putShort((short) 0).putShort((short) 0).putShort((short) members.size())
                .putShort((short) members.size()).putInt((int) size)
                .putInt((int) directory).putShort((short) 0).array());
    }

    private static Member member(Counted out, String name, long size, Content content) throws IOException {
        CRC32 crc = new CRC32();
        content.write(new OutputStream() {
            @Override public void write(int b) { crc.update(b); }

            @Override public void write(byte[] bytes, int from, int length) { crc.update(bytes, from, length); }
        });
        long offset = out.count;
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        // data begins at a multiple of 64, as torch writes it
        int padding = (int) (64 - (offset + 30 + text.length + 4) % 64) % 64;
        out.write(little(30).putInt(0x04034b50).putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0)
                .putInt((int) crc.getValue()).putInt((int) size).putInt((int) size)
                .putShort((short) text.length).putShort((short) (4 + padding)).array());
        out.write(text);
        out.write(little(4 + padding).putShort((short) 0x4246).putShort((short) padding).array());
        content.write(out);
        return new Member(name, size, crc.getValue(), offset);
    }

    /** Protocol 2: OrderedDict of names and {@code torch._utils._rebuild_tensor_v2} of storages. */
    private static byte[] pickle(List<Weight> weights) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        bytes(out, 0x80, 2);
        text(out, "ccollections\nOrderedDict\n");
        text(out, ")R(");
        for (int i = 0; i < weights.size(); i++) {
            Weight weight = weights.get(i);
            unicode(out, weight.name());
            text(out, "ctorch._utils\n_rebuild_tensor_v2\n((");
            unicode(out, "storage");
            text(out, "ctorch\nBFloat16Storage\n");
            unicode(out, Integer.toString(i));
            unicode(out, "cpu");
            integer(out, weight.elements());
            text(out, "tQK");
            bytes(out, 0);
            text(out, "(");
            for (int size : weight.shape()) {
                integer(out, size);
            }
            text(out, "t(");
            for (int d = 0; d < weight.shape().length; d++) {
                integer(out, d + 1 < weight.shape().length ? weight.shape()[d + 1] : 1);
            }
            bytes(out, 't', 0x89);
            text(out, "ccollections\nOrderedDict\n)RtR");
        }
        text(out, "u.");
        return out.toByteArray();
    }

    private static void integer(ByteArrayOutputStream out, long value) {
        bytes(out, 'J');
        out.writeBytes(little(4).putInt(Math.toIntExact(value)).array());
    }

    private static void unicode(ByteArrayOutputStream out, String text) {
        bytes(out, 'X');
        out.writeBytes(little(4).putInt(text.length()).array());
        text(out, text);
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void bytes(ByteArrayOutputStream out, int... values) {
        for (int value : values) {
            out.write(value);
        }
    }

    private static ByteBuffer little(int size) { return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN); }

    private static final class Counted extends OutputStream {
        private final OutputStream out;
        long count;

        Counted(OutputStream out) { this.out = out; }

        @Override public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            count += length;
        }

        @Override public void close() throws IOException { out.close(); }
    }

    private static byte[] normal() {
        java.util.Random random = new java.util.Random(1);
        double[] draws = java.util.stream.DoubleStream.generate(() -> 0.02 * random.nextGaussian()).limit(65536)
                .toArray();
        ByteBuffer table = little(2 * 65536);
        for (double draw : draws) {
            table.putShort((short) ((Float.floatToIntBits((float) draw) + 0x8000) >>> 16));
        }
        return table.array();
    }
}
