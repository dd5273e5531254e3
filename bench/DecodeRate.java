import io.weft.generate.Generator;
import io.weft.generate.Prompt;
import io.weft.generate.Sampling;
import io.weft.generate.TokenListener;
import io.weft.data.Message;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.loaded.ServedWeights;
import io.weft.nn.CausalLm;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Greedy decoding of a model as it is served: new tokens a second behind the prompt, with some answers at once, beside
 * the floor, the bytes of its weights over the rate at which this machine reads memory (a matrix of 256 MB times a
 * vector, in the same run).
 * <pre>
 *   java -cp CLASSPATH bench/DecodeRate.java MODEL auto|fp32|bf16 NEW_TOKENS ANSWERS...
 * </pre>
 */
public class DecodeRate {
    public static void main(String[] args) {
        int fresh = Integer.parseInt(args[2]);
        Scope.run(() -> {
            LoadedModel loaded = LoadedModel.open(ModelSource.of(Path.of(args[0]), Optional.empty()),
                    ServedWeights.parse(args[1]));
            CausalLm model = loaded.model();
            int[] ids = loaded.wording().encoder().encodePrompt(List.of(Message.user(
                    "Explain in detail how bread is made, from the field to the table.")));
            Generator generator = new Generator(model, loaded.contextLength(), Set.of());
            double bytes = model.weights().values().stream().filter(weight -> weight.inputs() > 1)
                    .mapToDouble(weight -> (double) weight.elements() * weight.type().bytes()).sum();
            double rate = readRate();
            System.out.printf("READ %.1f GB/s, weights %.0f MB, floor %.1f tokens/s%n", rate / 1e9, bytes / 1e6,
                    rate / bytes);
            for (int i = 3; i < args.length; i++) {
                int answers = Integer.parseInt(args[i]);
                seconds(generator, ids, 4, answers);
                double first = seconds(generator, ids, 1, answers), whole = seconds(generator, ids, fresh, answers);
                double tokens = answers * (fresh - 1) / (whole - first);
                System.out.printf("DECODE answers %d: %.1f tokens/s, first token after %.2f s, %.2f of the floor%n",
                        answers, tokens, first, tokens / answers * bytes / rate);
            }
            loaded.close();
        });
    }

    private static double seconds(Generator generator, int[] ids, int fresh, int answers) {
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < answers; i++) {
            prompts.add(new Prompt(ids, Sampling.greedy(fresh), i));
        }
        long begun = System.nanoTime();
        generator.generate(prompts, TokenListener.NONE);
        return (System.nanoTime() - begun) / 1e9;
    }

    /** Bytes a second, the best of some: what else runs on the machine only makes it slower. */
    private static double readRate() {
        double[] best = new double[1];
        NoGrad.run(() -> Scope.run(() -> {
            Tensor matrix = Tensor.ones(16_384, 4_096), vector = Tensor.ones(4_096);
            for (int round = 0; round < 12; round++) {
                long begun = System.nanoTime();
                Scope.run(() -> matrix.matmul(vector));
                best[0] = Math.max(best[0], 4.0 * matrix.elements() / ((System.nanoTime() - begun) / 1e9));
            }
        }));
        return best[0];
    }
}
