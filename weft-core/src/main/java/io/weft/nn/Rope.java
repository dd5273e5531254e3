package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Rotary position embedding (Su et al. 2021, arXiv:2104.09864) of the first elements of each head; elements beyond the
 * rotated ones pass as they are. Which frequencies (plain, linear, llama3, ...) is the maker's business: see {@code
 * model.RopeFrequencies}. Where they depend on the length, it is that of the pass's longest document, as Hugging Face
 * takes that of the batch; keys in a {@link KeyValueCache} keep the rotation that they were made with.
 */
public final class Rope {
    /** Turns nothing: for a model that has its positions from elsewhere. */
    public static final Rope NONE = new Rope(new float[0], Pairs.HALVES);
    private final Frequencies frequencies;
    private final Pairs pairs;

    /** How fast the elements of a head turn. */
    public interface Frequencies {
        /** [R/2] radians a token. @param length of the longest document, in tokens */
        float[] of(int length);

        /** What queries and keys are multiplied with as they turn. */
        default double amplitude() { return 1; }

        /** The same for every length. */
        static Frequencies fixed(float[] frequencies, double amplitude) {
            float[] own = frequencies.clone();
            return new Frequencies() {
                @Override public float[] of(int length) { return own; }

                @Override public double amplitude() { return amplitude; }
            };
        }
    }

    /** Which elements turn together. */
    public enum Pairs {
        /** i and i + R/2 of R rotated ones, as Llama and most others in Hugging Face's layout. */
        HALVES,
        /** 2i and 2i + 1, as GLM and the paper. */
        NEIGHBOURS
    }

    /** @param frequencies [R/2] radians a token, R the number of elements of a head that are rotated */
    public Rope(float[] frequencies, Pairs pairs) { this(Frequencies.fixed(frequencies, 1), pairs); }

    public Rope(Frequencies frequencies, Pairs pairs) {
        this.frequencies = frequencies;
        this.pairs = pairs;
    }

    /**
     * The rotation of each token.
     *
     * @param positions [T] from the start of its own document
     * @param owner of the tensors made
     */
    Rotation at(int[] positions, Scope.Owner owner) {
        float[] speeds = frequencies.of(Arrays.stream(positions).max().orElse(0) + 1);
        float amplitude = (float) frequencies.amplitude();
        int half = speeds.length;
        if (half == 0) {
            return new Rotation(null, null, 0, pairs);
        }
        float[] cos = new float[2 * positions.length * half], sin = new float[cos.length];
        for (int t = 0; t < positions.length; t++) {
            for (int i = 0; i < half; i++) {
                float angle = positions[t] * speeds[i]; // rounded to float before the cosine, as Hugging Face does
                // of the two elements that turn together, a cos - b sin and b cos + a sin
                int a = 2 * t * half + (pairs == Pairs.HALVES ? i : 2 * i), b = a + (pairs == Pairs.HALVES ? half : 1);
                cos[a] = (float) Math.cos(angle) * amplitude;
                cos[b] = cos[a];
                sin[b] = (float) Math.sin(angle) * amplitude;
                sin[a] = -sin[b];
            }
        }
        List<Tensor> made = owner.keepAll(() -> List.of(Tensor.of(cos, positions.length, 1, 2L * half),
                Tensor.of(sin, positions.length, 1, 2L * half)));
        return new Rotation(made.get(0), made.get(1), half, pairs);
    }

    /** Cosines and sines of one pass, [T, 1, R]. */
    record Rotation(Tensor cos, Tensor sin, int half, Pairs pairs) {
        /** x [T, H, D] -> [T, H, D]. */
        Tensor apply(Tensor x) {
            if (half == 0) {
                return x;
            }
            long turned = 2L * half, rest = x.size(2) - turned;
            Tensor wide = (rest == 0 ? x : x.narrow(2, 0, turned)).to(DType.F32);
            Tensor rotated = wide.mul(cos).addProductInPlace(others(wide), sin, 1).to(x.type());
            return rest == 0 ? rotated : Tensor.concat(2, List.of(rotated, x.narrow(2, turned, rest)));
        }

        /** In the place of each element the one that turns with it. */
        private Tensor others(Tensor x) {
            return pairs == Pairs.HALVES ? x.roll(half, 2)
                    : x.view(x.size(0), x.size(1), half, 2).flip(3).view(x.size(0), x.size(1), 2L * half);
        }
    }
}
