package io.weft.tensor;

import io.weft.problem.UserError;
import io.weft.tensor.StoredZip.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * The tensors of a file that {@code torch.save} wrote (PyTorch 1.6 and later, torch/serialization.py): a zip of stored
 * members, {@code data.pkl}, which describes the tensors, and {@code data/0, data/1 ...}, their bytes, which are used
 * where they lie. The pickle can make tensors and nothing else, see {@link Unpickler}. Tensors in dictionaries within
 * the dictionary are named {@code outer.inner}, those in lists by their index; what is no tensor is passed over.
 */
public final class TorchFile implements TensorFile {
    private static final int LARGEST_PICKLE = 64 << 20, LARGEST_NAME = 1024, LARGEST_COUNT = 1 << 20, DEEPEST = 16;
    /** The pickled integer 0x1950a86a20f9469cfc6c with which torch.save began before it wrote zips. */
    private static final byte[] BEFORE_ZIP = {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc};
    private static final String PICKLE = "/data.pkl";

    private final Path file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private int visited;

    private TorchFile(Path file) { this.file = file; }

    /**
     * Reads what describes the tensors, not their bytes.
     *
     * @throws UserError when the file is missing, damaged, no torch.save file, or names anything but tensors' parts
     */
    public static TorchFile open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            requireZip(file, channel);
            TorchFile opened = new TorchFile(file);
            opened.gather("", described(channel), 0);
            if (opened.entries.isEmpty()) {
                throw new CorruptFileException(say("it holds no tensors"));
            }
            return opened;
        } catch (TorchObjects.Foreign e) {
            throw UserError.of(say("%s asks for %s of Python, which is no part of a tensor that Weft knows; nothing "
                    + "of it was run. Get the model as safetensors, or from people you trust", file, e.getMessage()),
                    e);
        } catch (CorruptFileException e) {
            throw UserError.of(
                    say("%s is not a whole torch.save file: %s; fetch or copy it again,"
                            + " or get the model as safetensors",
                    file, e.getMessage()), e);
        } catch (NoSuchFileException e) {
            throw UserError.of(say("%s: no such file", file), e);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    private static void requireZip(Path file, FileChannel channel) throws IOException, CorruptFileException {
        byte[] first = StoredZip.read(channel, 0, (int) Math.min(channel.size(), BEFORE_ZIP.length)).array();
        if (Arrays.equals(first, BEFORE_ZIP)) {
            throw UserError.of(say("%s is in the form that torch.save wrote before PyTorch 1.6, which Weft does not "
                    + "read; write it anew in Python: "
                    + "torch.save(torch.load(file, map_location=\"cpu\", weights_only=True), file), or get the model "
                    + "as safetensors", file));
        }
        if (first.length < 2 || first[0] != 'P' || first[1] != 'K') {
            throw new CorruptFileException(
                    say("it does not begin as one (after git clone without git lfs, files are only pointers)"));
        }
    }

    /** The value of the pickle: dictionaries of {@link Entry}s. */
    private static Object described(FileChannel channel) throws IOException, CorruptFileException {
        Map<String, Member> members = StoredZip.members(channel);
        List<String> pickles = members.keySet().stream()
                .filter(name -> name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()).toList();
        if (pickles.size() != 1) {
            throw new CorruptFileException(say("it holds %d members NAME/data.pkl instead of one", pickles.size()));
        }
        String folder = pickles.get(0).substring(0, pickles.get(0).length() - PICKLE.length());
        Member order = members.get(folder + "/byteorder");
        if (order != null && !StandardCharsets.US_ASCII.decode(bytes(channel, order)).toString().equals("little")) {
            throw new CorruptFileException(say("its numbers are not little-endian"));
        }
        return new Unpickler(new PickleBytes(bytes(channel, members.get(pickles.get(0)))),
                new TorchObjects(members, folder)).read();
    }

    private static ByteBuffer bytes(FileChannel channel, Member member) throws IOException, CorruptFileException {
        if (member.length() > LARGEST_PICKLE) {
            throw new CorruptFileException(say("its member %s has %d bytes",
                    CorruptFileException.printable(member.name()),
                    member.length()));
        }
        return StoredZip.read(channel, member.start(), (int) member.length()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void gather(String name, Object value, int depth) throws CorruptFileException {
        if (depth > DEEPEST || ++visited > LARGEST_COUNT || name.length() > LARGEST_NAME) {
            throw new CorruptFileException(say("it nests deeper, or holds more or longer names, than any model: %s",
                    CorruptFileException.printable(name)));
        }
        String prefix = name.isEmpty() ? "" : name + ".";
        if (value instanceof Map) {
            for (Map.Entry<?, ?> item : ((Map<?, ?>) value).entrySet()) {
                gather(prefix + item.getKey(), item.getValue(), depth + 1);
            }
        } else if (value instanceof List || value instanceof Unpickler.Tuple) {
            List<?> items = value instanceof List ? (List<?>) value : ((Unpickler.Tuple) value).items;
            for (int i = 0; i < items.size(); i++) {
                gather(prefix + i, items.get(i), depth + 1);
            }
        } else if (value instanceof Entry && (name.isEmpty() || entries.put(name, (Entry) value) != null)) {
            throw new CorruptFileException(name.isEmpty() ? say("it holds a tensor without a name")
                    : say("it holds two tensors named %s", CorruptFileException.printable(name)));
        }
    }

    @Override public Path file() { return file; }

    @Override public Set<String> names() { return entries.keySet(); }

    @Override public Entry entry(String name) { return entries.get(name); }
}
