import io.weft.model.WeightLoading;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.AttentionShape;
import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.nn.Dropout;
import io.weft.nn.Pass;
import io.weft.tensor.DType;
import io.weft.tensor.Engine;
import io.weft.tensor.NoGrad;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Lora;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;

/**
 * What one block's forward and backward pass of a Llama's training step is made of: milliseconds of one core's own time
 * (the fastest of several rounds, on one thread, so that a busy machine says the same) of the whole block without
 * adapters, with LoRA, and with its dropout, and of their parts.
 * <pre>
 *   OMP_NUM_THREADS=1 java -Djava.util.concurrent.ForkJoinPool.common.parallelism=0 \
 *       -cp "$(cat weft-app/target/classpath.txt)" bench/BlockParts.java MODEL [documents] [tokens of each] [rounds]
 * </pre>
 */
public class BlockParts {
    private static int rounds;

    private interface Part {
        /** Computes forward. Returns what to go back from. */
        Tensor forward();
    }

    private static double now() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e6;
    }

    private static void time(String name, Part part, Tensor... leaves) {
        double[] best = {1e9, 1e9};
        for (int round = 0; round < rounds; round++) {
            Scope.run(() -> {
                double begun = now();
                Tensor y = part.forward();
                best[0] = Math.min(best[0], now() - begun);
                if (y != null) {
                    Tensor gradient = RandomStream.of(7).normal(1, y.shape()).to(y.type());
                    begun = now();
                    y.backward(gradient);
                    best[1] = Math.min(best[1], now() - begun);
                }
                for (Tensor leaf : leaves) {
                    leaf.clearGradient();
                }
            });
        }
        System.out.printf("%-44s forward %7.2f  backward %7.2f ms%n", name, best[0], best[1] == 1e9 ? 0 : best[1]);
    }

    private static Tensor leaf(long... shape) {
        return RandomStream.of(shape).normal(1, shape).trainable(true);
    }

    public static void main(String[] args) {
        int documents = args.length > 1 ? Integer.parseInt(args[1]) : 4,
                length = args.length > 2 ? Integer.parseInt(args[2]) : 160, tokens = documents * length;
        rounds = args.length > 3 ? Integer.parseInt(args[3]) : 15;
        Engine.useThreads(1);
        int[] positions = new int[tokens], starts = new int[documents + 1];
        for (int i = 0; i < tokens; i++) {
            positions[i] = i % length;
            starts[i / length + 1] = (i / length + 1) * length;
        }
        Scope.run(() -> {
            CausalLm model = ModelFolder.open(Path.of(args[0])).load(WeightLoading.of(WeightPlacement.RESIDENT));
            Block block = model.blocks().get(1);
            Pass pass = Pass.of(positions, starts);
            int width = model.width();
            Tensor x = leaf(tokens, width);
            time("block, frozen", () -> block.forward(x, 1, pass), x);
            new Lora(8, 32, 0.1, List.of("all-linear")).attach(model, 42);
            time("block, LoRA r 8", () -> block.forward(x, 1, pass), x);
            time("block, LoRA r 8, dropout 0.1", () -> block.forward(x, 1, pass.with(Dropout.of(1, 2))), x);
            products(model, tokens);
            for (String last : List.of("q_proj", "down_proj")) {
                long inputs = model.linears().values().stream().filter(linear -> linear.lastName().equals(last))
                        .findFirst().orElseThrow().inputs();
                time("dropout mask of " + inputs + " inputs", () -> {
                    RandomStream.of(1, 2, 3).dropoutMask(0.1, tokens, inputs);
                    return null;
                });
            }
            AttentionShape shape = new AttentionShape(width, width / 64, Math.max(1, width / 192), 64, 0);
            for (DType type : List.of(DType.F32, DType.BF16)) {
                Tensor q = leaf(tokens, width / 64, 64).detach().to(type).trainable(true),
                        k = leaf(tokens, Math.max(1, width / 192), 64).detach().to(type).trainable(true),
                        v = leaf(tokens, Math.max(1, width / 192), 64).detach().to(type).trainable(true);
                time("attention of heads of 64 in " + type, () -> pass.attend(0, q, k, v, shape), q, k, v);
            }
            Tensor ones = Tensor.ones(width), a = leaf(tokens, 8L * width / 3), b = leaf(tokens, 8L * width / 3);
            time("norm", () -> Tensor.rmsNorm(x, ones, 1e-5), x);
            time("silu(a) * b of " + 8 * width / 3, () -> a.silu().mul(b), a, b);
        });
    }

    /** What a step cannot be faster than: the products of weights alone. */
    private static void products(CausalLm model, int tokens) {
        double[] sum = new double[2];
        for (DType type : List.of(DType.F32, DType.BF16)) {
            NoGrad.run(() -> model.linears().values().stream().filter(linear -> linear.name().contains("layers.1."))
                    .forEach(linear -> Scope.run(() -> {
                        Tensor weight = linear.weight().wide(type),
                                x = RandomStream.of(1).normal(1, tokens, linear.inputs()).to(type),
                                gradient = RandomStream.of(2).normal(1, tokens, linear.outputs()).to(type);
                        double best = 1e9;
                        for (int round = 0; round < rounds; round++) {
                            double begun = now();
                            Scope.run(() -> {
                                Tensor.linear(x, weight, null);
                                gradient.matmul(weight);
                            });
                            best = Math.min(best, now() - begun);
                        }
                        sum[0] += best;
                        sum[1] += 4.0 * tokens * linear.inputs() * linear.outputs();
                    })));
            System.out.printf("products of all linears, both ways, in %-6s %9.2f ms, %.0f GFLOP/s%n", type, sum[0],
                    sum[1] / sum[0] / 1e6);
            sum[0] = sum[1] = 0;
        }
    }
}
