package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** Something of a model that has parameters. A part that holds other parts gives theirs, too. */
public interface Parameters {
    /** Its own and those that a tuning method attached, shared ones perhaps more than once. */
    Stream<Tensor> parameters();
}
