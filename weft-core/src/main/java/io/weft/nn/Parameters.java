package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** Something of a model that has parameters. */
interface Parameters {
    /** Its own and those that a tuning method attached. */
    Stream<Tensor> parameters();
}
