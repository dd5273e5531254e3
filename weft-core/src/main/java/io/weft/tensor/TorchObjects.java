package io.weft.tensor;

import io.weft.tensor.StoredZip.Member;
import io.weft.tensor.Unpickler.Tuple;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Language.say;

/**
 * All that a {@code torch.save} pickle may name and make: ordered dictionaries, storages (a type and a member of the
 * zip) and tensors (a storage, an offset, a shape and strides). The table below is the whole of it.
 */
final class TorchObjects implements Unpickler.Objects {
    private static final int LARGEST_RANK = 16;
    private static final Map<String, Object> GLOBALS = Map.ofEntries(
            Map.entry("collections.OrderedDict", Function.ORDERED_DICT),
            Map.entry("torch._utils._rebuild_tensor_v2", Function.REBUILD_TENSOR),
            Map.entry("torch._utils._rebuild_parameter", Function.REBUILD_PARAMETER),
            Map.entry("torch.FloatStorage", DType.F32), Map.entry("torch.HalfStorage", DType.F16),
            Map.entry("torch.BFloat16Storage", DType.BF16),
            Map.entry("torch.DoubleStorage", DType.F64), Map.entry("torch.LongStorage", DType.I64),
            Map.entry("torch.IntStorage", DType.I32),
            Map.entry("torch.ShortStorage", DType.I16), Map.entry("torch.CharStorage", DType.I8),
            Map.entry("torch.ByteStorage", DType.U8), Map.entry("torch.BoolStorage", DType.BOOL));
    private final Map<String, Member> members;
    private final String folder;

    private enum Function { ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER }

    /** collections.OrderedDict, which alone may be given attributes. */
    private static final class OrderedDict extends LinkedHashMap<Object, Object> {
        private static final long serialVersionUID = 1;
    }

    /** A name that stands for something else than a tensor's parts. */
    static final class Foreign extends CorruptFileException {
        private static final long serialVersionUID = 1;

        Foreign(String name) { super(name); }
    }

    /** @param start bytes from the start of the file */
    private record Storage(DType type, long start, long elements) {}

    /** @param members of the zip  @param folder of its pickle, beside which the storages lie */
    TorchObjects(Map<String, Member> members, String folder) {
        this.members = members;
        this.folder = folder;
    }

    /**
     * What a name stands for: the type of a storage, or a function that {@link #made} knows.
     *
     * @throws Foreign when it is any other
     */
    @Override public Object named(String module, String name) throws Foreign {
        Object known = GLOBALS.get(module + "." + name);
        if (known == null) {
            throw new Foreign(CorruptFileException.printable(module + "." + name));
        }
        return known;
    }

    /** The result of a function. */
    @Override public Object made(Object function, List<Object> arguments) throws CorruptFileException {
        if (function == Function.REBUILD_TENSOR && (arguments.size() == 6 || arguments.size() == 7)) {
            return tensor(arguments);
        }
        if (function == Function.REBUILD_PARAMETER && arguments.size() == 3
                && arguments.get(0) instanceof TensorFile.Entry) {
            return arguments.get(0);
        }
        if (function == Function.ORDERED_DICT && arguments.isEmpty()) {
            return new OrderedDict();
        }
        throw new CorruptFileException(say("its pickle calls something with arguments that do not belong to it"));
    }

    /** The storage that ("storage", type, key, place, elements) names. */
    @Override public Object stored(Object named) throws CorruptFileException {
        List<Object> parts = named instanceof Tuple ? ((Tuple) named).items : List.of();
        if (parts.size() != 5 || !"storage".equals(parts.get(0)) || !(parts.get(1) instanceof DType)
                || !(parts.get(2) instanceof String) || !(parts.get(4) instanceof Long)) {
            throw new CorruptFileException(say("its pickle names a storage in a way that torch.save does not"));
        }
        DType type = (DType) parts.get(1);
        String key = folder + "/data/" + parts.get(2);
        long elements = (Long) parts.get(4);
        Member member = members.get(key);
        if (member == null) {
            throw new CorruptFileException(say("the storage %s is missing", CorruptFileException.printable(key)));
        }
        if (elements < 0 || member.length() / type.bytes() != elements) {
            throw new CorruptFileException(say("the storage %s should hold %d elements of %s, but has %d bytes",
                    CorruptFileException.printable(key), elements, type, member.length()));
        }
        return new Storage(type, member.start(), elements);
    }

    @Override public boolean takesState(Object value) { return value instanceof OrderedDict; }

    /**
     * _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, metadata): where the tensor
     * lies.
     */
    private static TensorFile.Entry tensor(List<Object> arguments) throws CorruptFileException {
        long[] shape = numbers(arguments.get(2)), strides = numbers(arguments.get(3));
        if (!(arguments.get(0) instanceof Storage) || !(arguments.get(1) instanceof Long)
                || shape.length != strides.length || !isPlain(arguments)) {
            throw new CorruptFileException(say("its pickle describes a tensor in a way that torch.save does not"));
        }
        Storage storage = (Storage) arguments.get(0);
        long offset = (Long) arguments.get(1);
        try {
            long elements = 1, span = 1;
            for (int i = 0; i < shape.length; i++) {
                elements = Math.multiplyExact(elements, shape[i]);
                span = Math.addExact(span, Math.multiplyExact(shape[i] - 1, strides[i]));
            }
            span = elements == 0 ? 0 : span;
            // More elements than places: the values repeat (Tensor.expand), and a small file could stand for any amount
            // of memory.
            if (offset < 0 || span > storage.elements() || offset > storage.elements() - span || elements > span) {
                throw new ArithmeticException();
            }
            return new TensorFile.Entry(storage.type(), shape, strides, storage.start() + offset * storage.type()
                    .bytes(), span * storage.type().bytes());
        } catch (ArithmeticException e) {
            throw new CorruptFileException(say("a tensor of shape %s does not fit its storage of %d elements",
                    Arrays.toString(shape), storage.elements()));
        }
    }

    /** Metadata would say that the values are to be conjugated or negated. */
    private static boolean isPlain(List<Object> arguments) {
        return arguments.size() == 6 || arguments.get(6) == Unpickler.NONE || arguments.get(6) instanceof Map
                && ((Map<?, ?>) arguments.get(6)).isEmpty();
    }

    private static long[] numbers(Object tuple) throws CorruptFileException {
        List<Object> items = tuple instanceof Tuple ? ((Tuple) tuple).items : List.of(-1L);
        long[] numbers = new long[Math.min(items.size(), LARGEST_RANK + 1)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = items.get(i) instanceof Long && i < LARGEST_RANK ? (Long) items.get(i) : -1;
            if (numbers[i] < 0) {
                throw new CorruptFileException(say("its pickle gives a tensor a shape or strides that none can have"));
            }
        }
        return numbers;
    }
}
