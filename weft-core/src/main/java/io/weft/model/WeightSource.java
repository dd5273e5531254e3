package io.weft.model;

import io.weft.nn.Weight;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.MappedFile;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tensor.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Where weights come from: files, a seed, or nowhere when only names and shapes are asked for. They arrive in the type
 * that the model computes in, or stay in their file as they are stored.
 */
public interface WeightSource {
    /** What a weight is, which decides how a seed fills it. */
    enum Kind { MATRIX, BIAS, NORM }

    /** What the problems are reported under: the folder or file. */
    String subject();

    /** The shape of a stored weight, or null when there is none. @param wanted what the architecture asks for */
    long[] shape(String name, long[] wanted);

    Tensor read(String name, Kind kind, long[] shape);

    /** Whether a file holds it. */
    default boolean isStored(String name) { return false; }

    /** Whether two stored weights have other values or shapes. */
    default boolean areApart(String name, String other) { return false; }

    /** Whether a file holds it quantised: then as [O, I], whichever way its family's files hold it else. */
    default boolean isQuantised(String name) { return false; }

    /**
     * The weight of a linear, as this source keeps those.
     *
     * @param shape      of the stored tensor  @param transposed whether that is [I, O]
     */
    default Weight linear(String name, long[] shape, boolean transposed) {
        Tensor read = read(name, Kind.MATRIX, shape);
        return transposed ? new Weight.Transposed(read) : Weight.of(read);
    }

    /** The type of the model's hidden states. */
    default DType compute() { return DType.F32; }

    /** The type that linears multiply in. */
    default DType products() { return compute(); }

    /** Declares that a stored weight is rightly not read. */
    void skip(String name);

    /** Stored weights that nobody took. */
    Collection<String> unread(Set<String> taken);

    /** From the files of a model folder. */
    final class Stored implements WeightSource {
        private final String subject;
        private final Map<String, TensorFile> files = new TreeMap<>();
        private final Map<Path, MappedFile> mapped = new HashMap<>();
        private final Scope.Owner owner = Scope.owner();
        private final Set<String> skipped = new HashSet<>();
        private final WeightLoading loading;

        public Stored(String subject, List<TensorFile> parts, WeightLoading loading) {
            this.subject = subject;
            this.loading = loading;
            for (TensorFile part : parts) {
                part.names().forEach(name -> files.put(name, part));
            }
            PackedWeights.refuse(subject, files.keySet());
        }

        @Override public String subject() { return subject; }

        @Override public long[] shape(String name, long[] wanted) {
            return isQuantised(name) ? Nf4Tensors.shape(files.get(name), name)
                    : files.containsKey(name) ? files.get(name).entry(name).shape() : null;
        }

        @Override public Tensor read(String name, Kind kind, long[] shape) {
            TensorFile file = files.get(name);
            TensorFile.Entry entry = file.entry(name);
            if (!entry.type().isFloating()) {
                throw PackedWeights.noWeight(file.file(), name, entry.type().name());
            }
            // Biases and norms are small, and used by operations that do not upcast.
            if (loading.placement() == WeightPlacement.RESIDENT || kind != Kind.MATRIX) {
                return Scope.keep(() -> file.read(name)
                        .to(kind == Kind.MATRIX ? loading.matrices() : loading.compute()));
            }
            if (!entry.isContiguous() || !MappedFile.isAligned(entry.type(), entry.start())
                    || !Device.current().isCpu()) {
                return Scope.keep(() -> file.read(name)); // cannot be used where it lies, but as narrow as it is
            }
            MappedFile bytes = mapped.computeIfAbsent(file.file(), path -> MappedFile.open(path, owner));
            return Scope.keep(() -> bytes.tensor(entry.type(), shape, entry.start()));
        }

        @Override public boolean isStored(String name) { return files.containsKey(name); }

        @Override public boolean areApart(String name, String other) {
            return !files.get(name).isSame(name, files.get(other), other);
        }

        @Override public boolean isQuantised(String name) { return Nf4Tensors.holds(files.get(name), name); }

        /** Whether any weight is. */
        public boolean holdsQuantised() { return files.keySet().stream().anyMatch(this::isQuantised); }

        @Override public Weight linear(String name, long[] shape, boolean transposed) {
            TensorFile file = files.get(name);
            if (isQuantised(name)) {
                return kept(() -> Nf4Tensors.read(file, name, transposed));
            }
            if (loading.linears() != LinearForm.AS_READ) {
                boolean byRows = !transposed && file.entry(name).isContiguous()
                        && file.entry(name).type().isFloating();
                Weight given = byRows ? new FileRows(file, name)
                        : WeightSource.super.linear(name, shape, transposed);
                Weight made = kept(() -> loading.linears().of(name, given));
                if (made != given) {
                    return made;
                }
            }
            return WeightSource.super.linear(name, shape, transposed);
        }

        /** What the weight is made of is kept, what it was made from is freed. */
        private static Weight kept(Supplier<Weight> made) {
            Weight[] weight = new Weight[1];
            Scope.keepAll(() -> {
                weight[0] = made.get();
                return weight[0].parameters().toList();
            });
            return weight[0];
        }

        @Override public DType compute() { return loading.compute(); }

        @Override public DType products() { return loading.products(); }

        @Override public void skip(String name) { skipped.add(name); }

        @Override public Collection<String> unread(Set<String> taken) {
            // Old checkpoints store the rotary frequencies, which follow from config.json.
            return files.keySet().stream().filter(name -> !taken.contains(name) && !skipped.contains(name)
                    && !name.endsWith(".inv_freq") && !isBeside(name, taken)).toList();
        }

        /** Whether it belongs to a quantised weight that was taken. */
        private boolean isBeside(String name, Set<String> taken) {
            return Nf4Tensors.weightOf(name).filter(weight -> taken.contains(weight) && isQuantised(weight))
                    .isPresent();
        }
    }

    /** From a seed, as Hugging Face initialises: matrices normal, biases 0, norms 1. */
    record Random(String subject, long seed, double deviation, DType products) implements WeightSource {
        private static final long STREAM = 0x696e6974; // "init"

        @Override public long[] shape(String name, long[] wanted) { return wanted; }

        @Override public Tensor read(String name, Kind kind, long[] shape) {
            return Scope.keep(() -> switch (kind) {
                case MATRIX -> RandomStream.of(STREAM, seed, Arrays.hashCode(name.toCharArray()))
                        .normal(deviation, shape);
                case BIAS -> Tensor.zeros(shape);
                case NORM -> Tensor.ones(shape);
            });
        }

        @Override public void skip(String name) {}

        @Override public Collection<String> unread(Set<String> taken) { return List.of(); }
    }

    /** Files that may lack the weights of a head, which then begins as a seed has it. @param head the weight's name */
    record WithFreshHead(WeightSource files, String head, Random fresh) implements WeightSource {
        @Override public String subject() { return files.subject(); }

        @Override public long[] shape(String name, long[] wanted) {
            return isFresh(name) ? wanted : files.shape(name, wanted);
        }

        @Override public Tensor read(String name, Kind kind, long[] shape) {
            return isFresh(name) ? Scope.keep(() -> fresh.read(name, kind, shape).to(compute()))
                    : files.read(name, kind, shape);
        }

        @Override public boolean isStored(String name) { return files.isStored(name); }

        @Override public boolean areApart(String name, String other) { return files.areApart(name, other); }

        @Override public boolean isQuantised(String name) { return files.isQuantised(name); }

        @Override public Weight linear(String name, long[] shape, boolean transposed) {
            return files.linear(name, shape, transposed);
        }

        @Override public DType compute() { return files.compute(); }

        @Override public DType products() { return files.products(); }

        @Override public void skip(String name) { files.skip(name); }

        @Override public Collection<String> unread(Set<String> taken) { return files.unread(taken); }

        private boolean isFresh(String name) { return name.equals(head) && !files.isStored(name); }
    }

    /** Files whose names lack a prefix that the model's names have. */
    record Unprefixed(WeightSource files, String prefix) implements WeightSource {
        @Override public String subject() { return files.subject(); }

        @Override public long[] shape(String name, long[] wanted) { return files.shape(inFile(name), wanted); }

        @Override public Tensor read(String name, Kind kind, long[] shape) {
            return files.read(inFile(name), kind, shape);
        }

        @Override public boolean isStored(String name) { return files.isStored(inFile(name)); }

        @Override public boolean areApart(String name, String other) {
            return files.areApart(inFile(name), inFile(other));
        }

        @Override public boolean isQuantised(String name) { return files.isQuantised(inFile(name)); }

        @Override public Weight linear(String name, long[] shape, boolean transposed) {
            return files.linear(inFile(name), shape, transposed);
        }

        @Override public DType compute() { return files.compute(); }

        @Override public DType products() { return files.products(); }

        @Override public void skip(String name) { files.skip(inFile(name)); }

        @Override public Collection<String> unread(Set<String> taken) {
            return files.unread(taken.stream().map(this::inFile).collect(Collectors.toSet()));
        }

        private String inFile(String name) { return name.startsWith(prefix) ? name.substring(prefix.length()) : name; }
    }

    /**
     * Weights that say nothing, to time what is computed with them.
     *
     * @param matrices the type that they are kept in  @param linears the form of those of linears
     */
    record Blank(String subject, DType compute, DType products, DType matrices, LinearForm linears)
            implements WeightSource {
        /** Small, and no zero, which some processors multiply faster. */
        private static final double VALUE = 0.01;

        @Override public long[] shape(String name, long[] wanted) { return wanted; }

        @Override public Tensor read(String name, Kind kind, long[] shape) {
            DType type = kind == Kind.MATRIX ? matrices : compute;
            return Scope.keep(() -> Tensor.zeros(type, shape).addInPlace(kind == Kind.NORM ? 1 : VALUE));
        }

        @Override public Weight linear(String name, long[] shape, boolean transposed) {
            return Stored.kept(() -> linears.of(name, WeightSource.super.linear(name, shape, transposed)));
        }

        @Override public void skip(String name) {}

        @Override public Collection<String> unread(Set<String> taken) { return List.of(); }
    }

    /** From nowhere: shapes without memory, to learn a model's names and sizes from its config alone. */
    record Outline(String subject) implements WeightSource {
        @Override public long[] shape(String name, long[] wanted) { return wanted; }

        @Override public Tensor read(String name, Kind kind, long[] shape) {
            return Scope.keep(() -> Tensor.shaped(shape));
        }

        @Override public void skip(String name) {}

        @Override public Collection<String> unread(Set<String> taken) { return List.of(); }
    }
}
