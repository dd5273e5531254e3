package io.weft.tensor;

import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.global.torch;

/**
 * A bf16 matrix in the layout in which oneDNN multiplies with it on this CPU. It is laid out once, where a plain one is
 * laid out anew for each product of several rows; and the bits of each row of a product depend on that row alone, not
 * on how many there are. Owns native memory of the scope that made it.
 */
public final class PackedMatrix {
    /** Rows that the layout is chosen for; more and fewer go as well. */
    private static final long ROWS = 8;
    private final IValue packed;

    private PackedMatrix(IValue packed) { this.packed = packed; }

    /** oneDNN's two operations, and the arguments that are always the same; they live as long as the process. */
    private static final class Operations {
        private static final OperatorHandle LAY_OUT = found("mkldnn::_reorder_linear_weight"),
                MULTIPLY = found("mkldnn::_linear_pointwise");
        private static final IValue NO_BIAS = lasting(new IValue()), NOTHING_AFTER = lasting(new IValue("none")),
                NO_ALGORITHM = lasting(new IValue("")), NO_NUMBERS = lasting(noNumbers());

        private static OperatorHandle found(String name) {
            return lasting(Dispatcher.singleton().findSchemaOrThrow(name, ""));
        }

        /** An empty list knows of what it is none; a function of libtorch's own language makes one. */
        private static IValue noNumbers() {
            return torch.compile("def none() -> List[Optional[number]]:\n    x: List[Optional[number]] = []\n"
                    + "    return x\n").find_function(new QualifiedName("none")).apply(new IValueVector());
        }

        private static <T extends Pointer> T lasting(T pointer) {
            pointer.retainReference(); // beyond the scope that is open when it is first asked for
            return pointer;
        }
    }

    /** @param matrix [O, I] in bf16; empty where this CPU or this build has no such layout */
    public static Optional<PackedMatrix> of(Tensor matrix) {
        if (matrix.type() != DType.BF16 || !matrix.device().isCpu()) {
            return Optional.empty();
        }
        try {
            IValueVector stack = new IValueVector(2);
            stack.put(0, new IValue(matrix.contiguous().handle));
            stack.put(1, new IValue(ROWS));
            Operations.LAY_OUT.callBoxed(stack);
            return Optional.of(new PackedMatrix(new IValue(stack.get(0))));
        } catch (RuntimeException | ExceptionInInitializerError | NoClassDefFoundError e) {
            return Optional.empty();
        }
    }

    /** x [T, I] in bf16 -> x W^T [T, O] in bf16, without a graph. */
    public Tensor product(Tensor x) {
        try {
            IValueVector stack = new IValueVector(6);
            stack.put(0, new IValue(x.handle));
            stack.put(1, packed);
            stack.put(2, Operations.NO_BIAS);
            stack.put(3, Operations.NOTHING_AFTER);
            stack.put(4, Operations.NO_NUMBERS);
            stack.put(5, Operations.NO_ALGORITHM);
            Operations.MULTIPLY.callBoxed(stack);
            return new Tensor(new org.bytedeco.pytorch.Tensor(stack.get(0).toTensor()));
        } catch (RuntimeException e) {
            throw new TensorException("packed product[" + x + "]: " + e.getMessage(), e);
        }
    }
}
