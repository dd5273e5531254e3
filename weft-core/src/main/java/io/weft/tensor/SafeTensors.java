package io.weft.tensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.JsonProblem;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * A safetensors file (github.com/huggingface/safetensors, format section): eight bytes of header length, a JSON header,
 * the tensors' bytes. Reading trusts nothing: the header must fit the file, every tensor's bytes must be exactly its
 * shape times its type, and together they must cover the data without a gap or an overlap. Every {@link UserError}
 * names the file and what to do.
 */
public final class SafeTensors implements TensorFile {
    private static final long LARGEST_HEADER = 100L << 20;
    private static final int LARGEST_NAME = 1024, LARGEST_COUNT = 1 << 20, WRITTEN_AT_ONCE = 64 << 20;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).maxStringLength(1 << 24).build())
            .build())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final Path file;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    private SafeTensors(Path file, Map<String, Entry> entries, Map<String, String> metadata) {
        this.file = file;
        this.entries = entries;
        this.metadata = metadata;
    }

    /** Reads the header only. @throws UserError when the file is missing, truncated or not a safetensors file */
    public static SafeTensors open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < 8) {
                throw broken(file, say("it has %d bytes, too few for a header", size));
            }
            long length = read(channel, 0, 8).getLong();
            if (length < 2 || length > LARGEST_HEADER || length > size - 8) {
                throw broken(file, say("its header should have %d bytes, but the file has only %d", length, size));
            }
            byte[] header = read(channel, 8, (int) length).array();
            if (header[0] != '{') {
                throw broken(file, say("its header is not a JSON object"));
            }
            return parse(file, JSON.readTree(header), 8 + length, size);
        } catch (JsonProcessingException e) {
            throw broken(file, say("its header is not valid JSON (%s)", JsonProblem.of(e)));
        } catch (NoSuchFileException e) {
            throw UserError.of(say("%s: no such file", file), e);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    private static SafeTensors parse(Path file, JsonNode header, long dataStart, long fileSize) {
        if (header.size() > LARGEST_COUNT) {
            throw broken(file, say("it names %d tensors", header.size()));
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals("__metadata__")) {
                field.getValue().properties().forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
            } else {
                entries.put(field.getKey(), entry(file, field.getKey(), field.getValue(), dataStart));
            }
        }
        List<Entry> inOrder = new ArrayList<>(entries.values());
        inOrder.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::length));
        long at = dataStart;
        for (Entry entry : inOrder) {
            if (entry.start() != at) {
                throw broken(file, say("its tensors leave a gap or overlap at byte %d", at));
            }
            at += entry.length();
        }
        if (at != fileSize) {
            throw broken(file, say("its tensors need %d bytes, but the file has %d", at, fileSize));
        }
        return new SafeTensors(file, entries, metadata);
    }

    private static Entry entry(Path file, String name, JsonNode node, long dataStart) {
        if (name.length() > LARGEST_NAME) {
            throw broken(file, say("a tensor's name has %d characters", name.length()));
        }
        JsonNode offsets = node.path("data_offsets");
        if (!node.path("dtype").isTextual() || !node.path("shape").isArray() || offsets.size() != 2
                || !offsets.path(0).canConvertToLong() || !offsets.path(1).canConvertToLong()) {
            throw broken(file, say("tensor %s lacks dtype, shape or data_offsets", name));
        }
        DType type;
        try {
            type = DType.valueOf(node.path("dtype").asText());
        } catch (IllegalArgumentException e) {
            throw UserError.of(say("%s: tensor %s has the element type %s, which Weft does not read (a quantised "
                    + "model?); it reads %s. Take the model's folder that is not quantised", file, name,
                    node.path("dtype").asText(), Arrays.stream(DType.values()).map(DType::name)
                    .collect(Collectors.joining(", "))));
        }
        long[] shape = new long[node.path("shape").size()];
        long start = offsets.path(0).asLong(), end = offsets.path(1).asLong();
        try {
            for (int i = 0; i < shape.length; i++) {
                JsonNode size = node.path("shape").path(i);
                shape[i] = size.asLong();
                if (!size.isIntegralNumber() || !size.canConvertToLong() || shape[i] < 0) {
                    throw new ArithmeticException();
                }
            }
            Entry entry = Entry.contiguous(type, shape, Math.addExact(dataStart, start));
            if (start < 0 || end < start || end - start != entry.length()) {
                throw new ArithmeticException();
            }
            return entry;
        } catch (ArithmeticException e) {
            throw broken(file, say("tensor %s: shape %s of %s does not fit its bytes %d to %d", name,
                    node.path("shape"), type, start, end));
        }
    }

    @Override public Path file() { return file; }

    @Override public Set<String> names() { return entries.keySet(); }

    @Override public Entry entry(String name) { return entries.get(name); }

    public Map<String, String> metadata() { return metadata; }

    /**
     * Writes the tensors whole or not at all, in the given order, with the {@code format: pt} that readers in Python
     * expect.
     * @throws UserError when the file cannot be written
     */
    public static void write(Path file, Map<String, Tensor> tensors) {
        Map<String, Part> parts = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> parts.put(name, new Part(tensor.type(), tensor.shape(), () -> tensor)));
        writeParts(file, parts);
    }

    /** A tensor that is made when its turn to be written comes, and freed after it. */
    public record Part(DType type, long[] shape, Supplier<Tensor> tensor) {
        private long bytes() { return Arrays.stream(shape).reduce(type.bytes(), (a, b) -> a * b); }
    }

    /** As {@link #write}, for tensors that need not all be in memory at once. */
    public static void writeParts(Path file, Map<String, Part> parts) {
        ObjectNode header = JSON.createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        long end = 0;
        for (Map.Entry<String, Part> part : parts.entrySet()) {
            ObjectNode entry = header.putObject(part.getKey());
            entry.put("dtype", part.getValue().type().name());
            var shape = entry.putArray("shape");
            for (long size : part.getValue().shape()) {
                shape.add(size);
            }
            long start = end;
            end += part.getValue().bytes();
            entry.putArray("data_offsets").add(start).add(end);
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + 7) / 8 * 8; // tensors start at a multiple of eight, as the format asks
        AtomicFile.write(file, channel -> {
            ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
            while (head.hasRemaining()) {
                head.put((byte) ' ');
            }
            AtomicFile.writeFully(channel, head.flip());
            for (Part part : parts.values()) {
                write(channel, part);
            }
        });
    }

    private static void write(FileChannel channel, Part part) throws IOException {
        IOException[] failure = new IOException[1];
        Scope.run(() -> {
            Tensor whole = part.tensor().get().detach().to(Device.CPU).contiguous();
            if (whole.type() != part.type() || !Arrays.equals(whole.shape(), part.shape())) {
                throw new IllegalStateException(whole + " where " + part.type() + Arrays.toString(part.shape())
                        + " was announced");
            }
            long length = whole.elements() * whole.type().bytes();
            try {
                for (long done = 0; done < length; done += WRITTEN_AT_ONCE) {
                    AtomicFile.writeFully(channel, whole.bytes(done, (int) Math.min(WRITTEN_AT_ONCE, length - done)));
                }
            } catch (IOException e) {
                failure[0] = e;
            }
        });
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    private static ByteBuffer read(FileChannel channel, long start, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, start + bytes.position()) < 0) {
                throw new IOException("end of file");
            }
        }
        return bytes.flip();
    }

    private static UserError broken(Path file, String why) {
        return UserError.of(say("%s is not a whole safetensors file: %s; fetch or copy it again", file, why));
    }
}
