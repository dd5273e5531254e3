import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;

/**
 * The fp32 matrix rate of this machine in the shapes of ChatGLM3-6B's linears: forward and input gradient of some
 * tokens, in GFLOP/s (median of five rounds). What a LoRA step cannot be faster than is 4 times weights times tokens by
 * this rate.
 * <pre>
 *   java -cp "$(cat weft-app/target/classpath.txt)" bench/GemmRate.java [tokens]
 * </pre>
 */
public class GemmRate {
    private static final int[][] SHAPES = {{4608, 4096}, {4096, 4096}, {27392, 4096}, {4096, 13696}};

    public static void main(String[] args) {
        int tokens = args.length > 0 ? Integer.parseInt(args[0]) : 256;
        double[] rates = new double[5];
        NoGrad.run(() -> {
            for (int round = -1; round < rates.length; round++) {
                double seconds = 0, work = 0;
                for (int[] shape : SHAPES) {
                    double[] taken = new double[1];
                    Scope.run(() -> {
                        Tensor weight = Tensor.ones(shape[0], shape[1]), x = Tensor.ones(tokens, shape[1]),
                                gradient = Tensor.ones(tokens, shape[0]);
                        long begun = System.nanoTime();
                        Tensor.linear(x, weight, null);
                        gradient.matmul(weight);
                        taken[0] = (System.nanoTime() - begun) / 1e9;
                    });
                    seconds += taken[0];
                    work += 4.0 * tokens * shape[0] * shape[1];
                }
                if (round >= 0) {
                    rates[round] = work / seconds / 1e9;
                }
            }
        });
        java.util.Arrays.sort(rates);
        System.out.printf("GFLOPS %.1f (%.1f to %.1f)%n", rates[2], rates[0], rates[4]);
    }
}
