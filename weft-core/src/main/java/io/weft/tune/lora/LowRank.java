package io.weft.tune.lora;

import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A low-rank update beside a linear: W x + s B A x + b (Hu et al. 2021, arXiv:2106.09685). Where the update began with
 * a part of the weight (PiSSA), that part, which does not change, is taken off: W x + s (B A - B0 A0) x. Where lengths
 * are learned apart (DoRA), each output is multiplied with its own.
 *
 * @param linear  whose weight is W, and whose bias is the one that is trained where one is
 * @param trained A and B
 * @param taken   A0 and B0, or null
 * @param scale   s
 * @param rate    share of the inputs of A that is left out while training  @param place of its dropout masks
 * @param lengths of the outputs' weights, or null
 * @param bias    that is trained, or null
 */
public record LowRank(Linear linear, Pair trained, Pair taken, double scale, double rate, long place, Lengths lengths,
        Tensor bias) implements Linear.Delta {
    /** A and B whose product is the whole update. */
    public Pair whole() { return trained.less(taken); }

    @Override public Linear inPlaceOf(Linear own) { return linear; }

    @Override public Tensor output(Tensor x, Tensor y, Pass pass) {
        Tensor low = x.to(trained.down().type());
        boolean leavesOut = pass.dropout().gain(rate) != 1;
        if (lengths == null) {
            return leavesOut ? trained.addTo(withoutTaken(y, low), pass.dropout().apply(low, rate, place),
                    scale * pass.dropout().gain(rate)) : whole().addTo(y, low, scale);
        }
        Tensor factors = lengths.factors(linear, trained, whole(), scale).to(y.type());
        if (!leavesOut) {
            Tensor turned = whole().addTo(linear.bias() == null ? y : y.sub(biasAs(y)), low, scale).mul(factors);
            return linear.bias() == null ? turned : turned.add(biasAs(y));
        }
        // As PEFT: what is left out is left out of W x, too, but for the part of it that has length 1.
        Tensor some = pass.dropout().apply(low, rate, place).mul(pass.dropout().gain(rate));
        Tensor product = withoutTaken(linear.product(some.to(x.type())), some);
        Tensor turned = trained.addTo(product.copy(), some, scale).mul(factors);
        return withoutTaken(y, low).add(turned).sub(product);
    }

    private Tensor withoutTaken(Tensor y, Tensor x) { return taken == null ? y : taken.addTo(y, x, -scale); }

    private Tensor biasAs(Tensor y) { return linear.bias().to(y.type()); }

    @Override public Tensor mergedWeight(Tensor weight) {
        return NoGrad.get(() -> Scope.keep(() -> {
            Pair whole = whole();
            Tensor sum = weight.detach().copy().addMatmulInPlace(whole.up(), whole.down(), scale);
            return lengths == null ? sum : sum.mul(lengths.factors(linear, trained, whole(), scale).unsqueeze(1));
        }));
    }

    @Override public Stream<Tensor> parameters() {
        return Stream.of(trained.down(), trained.up(), lengths == null ? null : lengths.learned(), bias)
                .filter(Objects::nonNull);
    }
}
