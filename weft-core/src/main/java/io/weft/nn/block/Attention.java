package io.weft.nn.block;

import io.weft.nn.AttentionShape;
import io.weft.nn.Linear;
import io.weft.nn.Parameters;
import io.weft.nn.Pass;
import io.weft.nn.Rope;
import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/**
 * Grouped-query attention with rotary positions (Ainslie et al. 2023, arXiv:2305.13245). What a token may see comes
 * from the {@link Pass}.
 *
 * @param rope {@link Rope#NONE} in layers that turn nothing
 */
public record Attention(AttentionShape shape, Rope rope, Projection projection, Linear output) implements Parameters {
    /** x [T, D] -> [T, D]. @param layer index of the block */
    public Tensor forward(Tensor x, int layer, Pass pass) {
        Projection.Heads heads = projection.forward(x, shape, pass);
        Tensor mixed = pass.attend(layer, pass.rotate(heads.query(), rope), pass.rotate(heads.key(), rope),
                heads.value(), shape);
        return output.forward(mixed, pass);
    }

    @Override public Stream<Tensor> parameters() {
        return Stream.of(projection, output).flatMap(Parameters::parameters);
    }
}
