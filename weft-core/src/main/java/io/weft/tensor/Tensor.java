package io.weft.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A native tensor: one method per concept. It owns native memory and lives until the {@link Scope} that was open at its
 * birth ends; new ones lie on the current {@link Device}. A method that returns a tensor leaves it to the caller's
 * scope. Methods whose names end in {@code InPlace} change this tensor and return it. Errors name the operation, its
 * operands, their types and shapes, and their devices where one is not the CPU.
 */
public final class Tensor {
    /** Elements of a window on fp32 memory: a buffer of Java ends at 2 GB. */
    private static final long LARGEST_WINDOW = 1 << 28;
    /** Elements that stay in a core's nearest cache, and of what a thread takes at a time. */
    private static final int COMPUTED_AT_ONCE = 1 << 13, COMPUTED_BY_A_THREAD = 1 << 17;

    static { Native.load(); }

    final org.bytedeco.pytorch.Tensor handle;
    private DType type;

    Tensor(org.bytedeco.pytorch.Tensor handle) { this.handle = handle; }

    // ---- making ----

    /** A copy of the values. */
    public static Tensor of(float[] values, long... shape) {
        return ofHost(DType.F32, values.length, made -> new FloatPointer(made).put(values, 0, values.length), shape);
    }

    /** A copy of the values, as 64-bit integers. */
    public static Tensor of(long[] values, long... shape) {
        return ofHost(DType.I64, values.length, made -> new LongPointer(made).put(values, 0, values.length), shape);
    }

    /** A copy of the values, as 64-bit integers: what indexing wants. */
    public static Tensor of(int[] values, long... shape) {
        long[] wide = new long[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return of(wide, shape);
    }

    private static Tensor ofHost(DType type, int given, Consumer<Pointer> fill, long... shape) {
        Tensor host = host(type, shape);
        if (host.elements() != given) {
            throw new IllegalArgumentException(given + " values for " + host);
        }
        fill.accept(host.handle.data_ptr());
        return host.moved();
    }

    /** In fp32, on the current device. */
    public static Tensor zeros(long... shape) { return zeros(DType.F32, shape); }

    /** On the current device. */
    public static Tensor zeros(DType type, long... shape) {
        return op("zeros", () -> torch.zeros(shape, options(type, Device.current())));
    }

    /** In fp32, on the current device. */
    public static Tensor ones(long... shape) {
        return op("ones", () -> torch.ones(shape, options(DType.F32, Device.current())));
    }

    /** Memory as it comes, on the current device: every element must be written before it is read. */
    public static Tensor empty(DType type, long... shape) { return empty(type, Device.current(), shape); }

    /** As {@link #empty}, where Java can write it; {@link #moved} afterwards. */
    static Tensor host(DType type, long... shape) { return empty(type, Device.CPU, shape); }

    /** Bytes [count] of the host's memory, whatever the current device: to be written through {@link #memory}. */
    public static Tensor hostBytes(long count) { return host(DType.U8, count); }

    /** Values that Java computes, some at a time, on several threads. */
    public interface Computed {
        /** @param start place of the first value  @param into gets {@code count} of them */
        void fill(long start, float[] into, int count);
    }

    /** In fp32, of the host. */
    public static Tensor computed(Computed values, long... shape) {
        Tensor host = host(DType.F32, shape);
        for (long done = 0, all = host.elements(); done < all; done += LARGEST_WINDOW) {
            long start = done, length = Math.min(LARGEST_WINDOW, all - done);
            FloatBuffer window = host.bytes(start * Float.BYTES, (int) length * Float.BYTES).asFloatBuffer();
            HostThreads.each(length, COMPUTED_BY_A_THREAD, (from, to) -> {
                float[] part = new float[COMPUTED_AT_ONCE];
                for (long at = from; at < to; at += part.length) {
                    int count = (int) Math.min(part.length, to - at);
                    values.fill(start + at, part, count);
                    window.put((int) at, part, 0, count);
                }
            });
        }
        return host;
    }

    /** A shape without memory or values, in fp32: to count and to name, never to compute with. */
    public static Tensor shaped(long... shape) { return empty(DType.F32, Device.META, shape); }

    private static Tensor empty(DType type, Device device, long... shape) {
        return op("empty", () -> torch.empty(shape, options(type, device), new MemoryFormatOptional()));
    }

    private static TensorOptions options(DType type, Device device) {
        TensorOptions options = new TensorOptions(type.scalarType);
        return device.isCpu() ? options : options.device(new DeviceOptional(device.handle()));
    }

    // ---- shape ----

    public long[] shape() { return handle.shape(); }

    public long size(int dimension) { return handle.size(dimension); }

    public long elements() { return handle.numel(); }

    public Device device() { return Device.of(handle); }

    public DType type() {
        if (type == null) { // asked for once: it never changes, and asking takes as long as a small operation
            type = DType.of(handle.scalar_type().intern());
        }
        return type;
    }

    public Tensor view(long... shape) { return op("view", () -> handle.reshape(shape), this); }

    public Tensor transpose(int a, int b) { return op("transpose", () -> handle.transpose(a, b), this); }

    public Tensor unsqueeze(int dimension) { return op("unsqueeze", () -> handle.unsqueeze(dimension), this); }

    public Tensor squeeze(int dimension) { return op("squeeze", () -> handle.squeeze(dimension), this); }

    public Tensor expand(long... shape) { return op("expand", () -> handle.expand(shape), this); }

    /** The part from {@code start} on, {@code length} long, along a dimension; shares memory. */
    public Tensor narrow(int dimension, long start, long length) {
        return op("narrow", () -> handle.narrow(dimension, start, length), this);
    }

    /**
     * This tensor cut along a dimension; the parts share its memory. Their gradients become one by one copy, where
     * those of as many {@link #narrow} would each be laid out in the size of the whole.
     *
     * @param sizes of the parts, which sum to that of the dimension
     */
    public List<Tensor> parts(int dimension, long... sizes) {
        return several("parts", () -> {
            TensorVector cut = handle.split_with_sizes(sizes, dimension);
            return Arrays.asList(cut.get());
        });
    }

    /**
     * Elements of this contiguous tensor in another order: index i of dimension d lies {@code i * strides[d]} elements
     * from the first; shares memory.
     */
    Tensor strided(long[] shape, long[] strides) {
        return op("strided", () -> handle.as_strided(shape, strides), this);
    }

    /** Elements moved along a dimension, round its end. */
    public Tensor roll(long by, int dimension) {
        if (device().equals(Device.META)) {
            return empty(type(), Device.META, shape());   // libtorch has no such kernel
        }
        return op("roll", () -> handle.roll(new long[] {by}, dimension), this);
    }

    /** Elements in the other order along a dimension. */
    public Tensor flip(int dimension) { return op("flip", () -> handle.flip(dimension), this); }

    /**
     * Rows {@code from} to {@code from + count} of this contiguous tensor [N, G, D] as one batch of heads [1, G, count,
     * D]; shares memory. Its own G and D are given, since asking for them takes time.
     */
    public Tensor heads(long from, long count, long groups, long dim) {
        return op("heads", () -> handle.as_strided(new long[] {1, groups, count, dim},
                new long[] {count * groups * dim, dim, groups * dim, 1}, new LongOptional(from * groups * dim)), this);
    }

    public Tensor contiguous() { return op("contiguous", handle::contiguous, this); }

    public static Tensor concat(int dimension, List<Tensor> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        return op("concat", () -> {
            TensorVector vector = new TensorVector();
            parts.forEach(part -> vector.push_back(part.handle));
            return torch.cat(vector, dimension);
        }, parts.toArray(Tensor[]::new));
    }

    // ---- arithmetic ----

    public Tensor add(Tensor other) { return op("add", () -> handle.add(other.handle), this, other); }

    public Tensor sub(Tensor other) { return op("sub", () -> handle.sub(other.handle), this, other); }

    public Tensor mul(Tensor other) { return op("mul", () -> handle.mul(other.handle), this, other); }

    public Tensor add(double term) { return op("add", () -> handle.add(new Scalar(term)), this); }

    public Tensor mul(double factor) { return op("mul", () -> handle.mul(new Scalar(factor)), this); }

    public Tensor neg() { return op("neg", handle::neg, this); }

    public Tensor abs() { return op("abs", handle::abs, this); }

    public Tensor square() { return op("square", handle::square, this); }

    public Tensor sqrt() { return op("sqrt", handle::sqrt, this); }

    public Tensor silu() { return op("silu", () -> torch.silu(handle), this); }

    /** x Phi(x) with the normal distribution's tanh approximation (Hendrycks and Gimpel 2016, arXiv:1606.08415). */
    public Tensor geluTanh() { return op("geluTanh", () -> torch.gelu(handle, "tanh"), this); }

    /** x Phi(x) with the normal distribution itself. */
    public Tensor gelu() { return op("gelu", () -> torch.gelu(handle, "none"), this); }

    public Tensor relu() { return op("relu", handle::relu, this); }

    public Tensor tanh() { return op("tanh", handle::tanh, this); }

    public Tensor sigmoid() { return op("sigmoid", handle::sigmoid, this); }

    /** Over the last dimension. */
    public Tensor softmax() { return op("softmax", () -> handle.softmax(-1L), this); }

    /** The logarithm of {@link #softmax}, a row at a time while it is in the cache. */
    public Tensor logSoftmax() { return op("logSoftmax", () -> handle.log_softmax(-1L), this); }

    public Tensor sum() { return op("sum", handle::sum, this); }

    /** Over one dimension, which is gone then. */
    public Tensor sum(int dimension) { return op("sum", () -> handle.sum(dimension), this); }

    public Tensor max() { return op("max", handle::max, this); }

    public Tensor matmul(Tensor other) { return op("matmul", () -> handle.matmul(other.handle), this, other); }

    /** Index of the largest element along the last dimension. */
    public Tensor argmax() { return op("argmax", () -> handle.argmax(new LongOptional(-1), false), this); }

    /**
     * Indices of the {@code count} largest elements along the last dimension, the largest first. [.., M] -> [..,
     * count].
     */
    public Tensor largest(int count) {
        return op("largest", () -> new org.bytedeco.pytorch.Tensor(torch.topk(handle, count, -1, true, true).get1()),
                this);
    }

    /**
     * A matrix [N, M] as the product of two, largest parts first: left [N, K], right [K, M], K the smaller of N and M.
     *
     * @param values of a singular value decomposition [K], null for the triangular one
     */
    public record Factors(Tensor left, Tensor values, Tensor right) {}

    /** Singular value decomposition: left and right are orthonormal, this = left diag(values) right. */
    public Factors singularValues() {
        List<Tensor> parts = several("singularValues", () -> {
            T_TensorTensorTensor_T found = torch.linalg_svd(handle, false, new StringViewOptional());
            return List.of(found.get0(), found.get1(), found.get2());
        });
        return new Factors(parts.get(0), parts.get(1), parts.get(2));
    }

    /** QR decomposition: left is orthonormal, right upper triangular, this = left right. */
    public Factors triangular() {
        List<Tensor> parts = several("triangular", () -> {
            T_TensorTensor_T found = torch.linalg_qr(handle);
            return List.of(found.get0(), found.get1());
        });
        return new Factors(parts.get(0), null, parts.get(1));
    }

    public Tensor addInPlace(Tensor other) { return inPlace("add", () -> handle.add_(other.handle), other); }

    public Tensor subInPlace(Tensor other) { return inPlace("sub", () -> handle.sub_(other.handle), other); }

    public Tensor mulInPlace(Tensor other) { return inPlace("mul", () -> handle.mul_(other.handle), other); }

    public Tensor mulInPlace(double factor) { return inPlace("mul", () -> handle.mul_(new Scalar(factor))); }

    public Tensor divInPlace(double divisor) { return inPlace("div", () -> handle.div_(new Scalar(divisor))); }

    public Tensor addInPlace(double term) { return inPlace("add", () -> handle.add_(new Scalar(term))); }

    public Tensor expInPlace() { return inPlace("exp", handle::exp_); }

    /**
     * this + scale * (a b), written here. a [N, K], b [K, M], this [N, M], which may be of another type than the two.
     */
    public Tensor addMatmulInPlace(Tensor a, Tensor b, double scale) {
        if (type() != a.type()) {
            return addInPlace(a.matmul(b).mul(scale));
        }
        return inPlace("addMatmul", () -> handle.addmm_(a.handle, b.handle, new Scalar(1.0), new Scalar(scale)), a, b);
    }

    /** this + weight * (end - this). */
    public Tensor lerpInPlace(Tensor end, double weight) {
        return inPlace("lerp", () -> handle.lerp_(end.handle, new Scalar(weight)), end);
    }

    /** this + factor * a * b. */
    public Tensor addProductInPlace(Tensor a, Tensor b, double factor) {
        return inPlace("addProduct", () -> handle.addcmul_(a.handle, b.handle, new Scalar(factor)), a, b);
    }

    /** this + factor * a / b. */
    public Tensor addQuotientInPlace(Tensor a, Tensor b, double factor) {
        return inPlace("addQuotient", () -> handle.addcdiv_(a.handle, b.handle, new Scalar(factor)), a, b);
    }

    /** Overwrites this tensor's values; no gradient is recorded. */
    public void copyFrom(Tensor source) {
        NoGrad.run(() -> inPlace("copy", () -> handle.copy_(source.handle), source));
    }

    // ---- indexing ----

    /** Rows of the first dimension, by index. */
    public Tensor rows(Tensor indices) {
        return op("rows", () -> handle.index_select(0, indices.handle), this, indices);
    }

    /** Writes rows of the first dimension, by index. */
    public Tensor copyRowsInPlace(Tensor indices, Tensor source) {
        return inPlace("copyRows", () -> handle.index_copy_(0, indices.handle, source.handle), indices, source);
    }

    /** Adds to rows of the first dimension, by index; an index may occur more than once. */
    public Tensor addRowsInPlace(Tensor indices, Tensor source) {
        return inPlace("addRows", () -> handle.index_add_(0, indices.handle, source.handle), indices, source);
    }

    /** Along the last dimension. this [N, M], indices [N, K] -> [N, K]. */
    public Tensor gather(Tensor indices) {
        return op("gather", () -> handle.gather(-1, indices.handle), this, indices);
    }

    /** Adds values at indices along the last dimension. */
    public Tensor scatterAddInPlace(Tensor indices, Tensor values) {
        return inPlace("scatterAdd", () -> handle.scatter_add_(-1, indices.handle, values.handle), indices, values);
    }

    /** Over the last dimension: [.., M] -> [..]. */
    public Tensor logSumExp() { return op("logSumExp", () -> torch.logsumexp(handle, -1L), this); }

    // ---- layers ----

    /** y = x W^T + b. x [T, I], weight [O, I], bias [O] or null -> [T, O]. */
    public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        return op("linear", () -> bias == null ? torch.linear(x.handle, weight.handle)
                : torch.linear(x.handle, weight.handle, new TensorOptional(bias.handle)), x, weight, bias);
    }

    /** weight [V, D], ids [T] -> [T, D]. */
    public static Tensor embedding(Tensor weight, Tensor ids) {
        if (weight.device().equals(Device.META)) {
            return empty(weight.type(), Device.META, ids.size(0), weight.size(1));   // libtorch has no such kernel
        }
        return op("embedding", () -> torch.embedding(weight.handle, ids.handle), weight, ids);
    }

    /** Over the last dimension. */
    public static Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
        return op("rmsNorm", () -> torch.rms_norm(x.handle, new long[] {weight.handle.size(0)},
                new TensorOptional(weight.handle), new DoubleOptional(epsilon)), x, weight);
    }

    /** Over the last dimension. */
    public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
        return op("layerNorm", () -> torch.layer_norm(x.handle, new long[] {weight.handle.size(0)},
                new TensorOptional(weight.handle), new TensorOptional(bias.handle), epsilon, true),
                x, weight, bias);
    }

    /**
     * Softmax attention. q [B, H, T, D], k and v [B, G, S, D] with G dividing H.
     * @param mask   [.., T, S] added to the scores, or null  @param causal with no mask: query t sees keys up to t
     * @param scale  of the scores
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal, double scale) {
        if (q.device().equals(Device.META)) {
            return empty(q.type(), Device.META, q.shape());   // nor one for this
        }
        TensorOptional given = mask == null ? new TensorOptional() : new TensorOptional(mask.handle);
        boolean grouped = q.handle.size(1) != k.handle.size(1);
        return op("attention", () -> torch.scaled_dot_product_attention(q.handle, k.handle, v.handle, given, 0.0,
                causal, new DoubleOptional(scale), grouped), q, k, v, mask);
    }

    // ---- gradients ----

    /** The same values, outside of any graph; shares memory. */
    public Tensor detach() { return op("detach", handle::detach, this); }

    /** Marks this tensor as one whose gradient is wanted. */
    public Tensor trainable(boolean wanted) {
        handle.set_requires_grad(wanted);
        return this;
    }

    public boolean isTrainable() { return handle.requires_grad(); }

    /** How often its values were changed in place so far. */
    public long version() { return handle.__dispatch__version(); }

    /** The gradient gathered so far, or null. */
    public Tensor gradient() {
        org.bytedeco.pytorch.Tensor gradient = handle.grad();
        return gradient.defined() ? new Tensor(gradient) : null;
    }

    /** The gradient gathered so far; zeros are put there when there is none yet. */
    public Tensor gradientOrZeros() {
        if (!handle.grad().defined()) {
            handle.mutable_grad().put(torch.zeros_like(handle));
        }
        return new Tensor(handle.grad());
    }

    /** Forgets the gradient and frees its memory. */
    public void clearGradient() { handle.mutable_grad().reset(); }

    /** Gathers the gradients of this tensor's graph, given its own; frees the graph. */
    public void backward(Tensor gradient) { backward(gradient, false); }

    /** The same. @param again whether the graph stays, to be gone through once more */
    void backward(Tensor gradient, boolean again) {
        inPlace("backward", () -> {
            handle.backward(gradient.handle, new BoolOptional(again), false, new TensorArrayRefOptional());
            return handle;
        }, gradient);
    }

    // ---- conversion and reading ----

    /** Converted values; this tensor itself when it is of that type already. */
    public Tensor to(DType wanted) {
        return type() == wanted ? this : op("to", () -> handle.to(wanted.scalarType), this);
    }

    /** A copy on another device; this tensor itself when it lies there already. */
    public Tensor to(Device device) {
        return device.isCpu() && handle.is_cpu() ? this
                : op("to " + device, () -> handle.to(device.handle(), handle.scalar_type()), this);
    }

    /** This fresh tensor of the host, or a copy on the current device in its place. */
    Tensor moved() {
        Device device = Device.current();
        if (device.isCpu()) {
            return this;
        }
        Tensor there = to(device);
        handle.close();
        return there;
    }

    /** The same contiguous bytes as elements of another type; shares memory. */
    static Tensor reinterpreted(Tensor bytes, DType type) {
        return op("reinterpreted", () -> bytes.handle.view(type.scalarType), bytes);
    }

    /** A copy with memory of its own. */
    public Tensor copy() { return op("copy", () -> torch.clone(handle), this); }

    /** The only element. */
    public double item() { return plain("item", handle::item_double); }

    /** Square root of the sum of squares. */
    public double norm() { return plain("norm", () -> handle.norm().item_double()); }

    /** True when no element is infinite or not a number. */
    public boolean isFinite() { return plain("isFinite", () -> handle.isfinite().all().item_bool()); }

    public float[] toFloats() {
        return plain("toFloats", () -> {
            float[] values = new float[Math.toIntExact(elements())];
            if (values.length > 0) {   // a tensor without elements has no memory to read
                new FloatPointer(readable(DType.F32)).get(values, 0, values.length);
            }
            return values;
        });
    }

    public long[] toLongs() {
        return plain("toLongs", () -> {
            long[] values = new long[Math.toIntExact(elements())];
            if (values.length > 0) {   // a tensor without elements has no memory to read
                new LongPointer(readable(DType.I64)).get(values, 0, values.length);
            }
            return values;
        });
    }

    public int[] toInts() {
        return plain("toInts", () -> {
            int[] values = new int[Math.toIntExact(elements())];
            if (values.length > 0) {   // a tensor without elements has no memory to read
                new IntPointer(readable(DType.I32)).get(values, 0, values.length);
            }
            return values;
        });
    }

    /** The elements in order as the host's memory. */
    private Pointer readable(DType type) { return detach().to(type).to(Device.CPU).contiguous().handle.data_ptr(); }

    /**
     * Bytes from {@code offset} on as a window on this tensor's own memory, in the machine's order. This tensor must be
     * the host's, contiguous, and outlive the buffer.
     */
    ByteBuffer bytes(long offset, int length) {
        if (!handle.is_cpu() || !handle.is_contiguous() || offset < 0
                || offset + length > elements() * type().bytes()) {
            throw new IllegalArgumentException("bytes " + offset + " to " + (offset + length) + " of " + this);
        }
        // A pointer that starts at the offset: a buffer's own position ends at 2 GB.
        return new BytePointer(handle.data_ptr()).getPointer(offset).limit(length).asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    /**
     * This tensor's own memory, in the machine's order, for any thread. This tensor must be the host's, contiguous, of
     * less than 2 GB, and outlive the buffer.
     */
    public ByteBuffer memory() { return bytes(0, Math.toIntExact(elements() * type().bytes())); }

    private boolean isFreed() { return handle.isNull(); }

    @Override public String toString() { return isFreed() ? "freed" : type() + Arrays.toString(shape()); }

    /** A value that is no tensor; the tensors that are made on the way die here. */
    private <T> T plain(String name, Supplier<T> body) {
        try (PointerScope scope = new PointerScope()) {
            return body.get();
        } catch (TensorException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failure(name, e, this);
        }
    }

    // ---- errors ----

    private Tensor inPlace(String name, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... operands) {
        try {
            body.get();
            return this;
        } catch (RuntimeException e) {
            throw failure(name, e, Stream.concat(Stream.of(this), Arrays.stream(operands)).toArray(Tensor[]::new));
        }
    }

    private List<Tensor> several(String name, Supplier<List<org.bytedeco.pytorch.Tensor>> body) {
        try {
            return body.get().stream().map(found -> new Tensor(new org.bytedeco.pytorch.Tensor(found))).toList();
        } catch (RuntimeException e) {
            throw failure(name, e, this);
        }
    }

    private static Tensor op(String name, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... operands) {
        try {
            return new Tensor(body.get());
        } catch (RuntimeException e) {
            throw failure(name, e, operands);
        }
    }

    /** @param operands those that an operation does without are null */
    private static TensorException failure(String name, RuntimeException cause, Tensor... operands) {
        List<Tensor> given = Arrays.stream(operands).filter(Objects::nonNull).toList();
        boolean elsewhere = given.stream().anyMatch(operand -> !operand.isFreed() && !operand.device().isCpu());
        String why = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return new TensorException(name + given.stream()
                .map(operand -> operand + (elsewhere && !operand.isFreed() ? " on " + operand.device() : ""))
                .collect(Collectors.joining(", ", "[", "]")) + ": " + why, cause);
    }
}
