package io.weft.nn;

import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.List;

/**
 * Rotary position embedding (Su et al. 2021, arXiv:2104.09864), half-split layout as Hugging Face: pair i of a head is elements i and i + D/2.
 * Which frequencies (plain, linear, llama3, ...) is the maker's business: see {@code model.RopeFrequencies}.
 */
public final class Rope {
    private final float[] frequencies;

    /** @param frequencies [D/2] radians a token */
    public Rope(float[] frequencies) { this.frequencies = frequencies.clone(); }

    /** The rotation of each token. @param positions [T] from the start of its own document  @param owner of the tensors made */
    Rotation at(int[] positions, Scope.Owner owner) {
        int half = frequencies.length;
        float[] cos = new float[positions.length * half], sin = new float[positions.length * half];
        for (int t = 0, at = 0; t < positions.length; t++) {
            for (int i = 0; i < half; i++, at++) {
                float angle = positions[t] * frequencies[i]; // rounded to float before the cosine, as Hugging Face does
                cos[at] = (float) Math.cos(angle);
                sin[at] = (float) Math.sin(angle);
            }
        }
        List<Tensor> made = owner.keepAll(() -> List.of(Tensor.of(cos, positions.length, 1, half), Tensor.of(sin, positions.length, 1, half)));
        return new Rotation(made.get(0), made.get(1), half);
    }

    /** Cosines and sines of one pass. cos, sin [T, 1, D/2]. */
    record Rotation(Tensor cos, Tensor sin, int half) {
        /** x [T, H, D] -> [T, H, D]. */
        Tensor apply(Tensor x) {
            Tensor a = x.narrow(2, 0, half), b = x.narrow(2, half, half);
            return Tensor.concat(2, List.of(
                    a.mul(cos).addProductInPlace(b, sin, -1),
                    b.mul(cos).addProductInPlace(a, sin, 1)));
        }
    }
}
