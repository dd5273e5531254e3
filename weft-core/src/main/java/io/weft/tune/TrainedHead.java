package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Weight;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/**
 * The head for rows, which begins as random numbers and so is trained whole, whatever the tuning method. Beside an
 * adapter it is a copy, so that without tuning the model has the head it began with; PEFT saves it as one of {@code
 * modules_to_save}.
 */
public final class TrainedHead {
    private TrainedHead() {}

    /** Trains the head of a model that reads rows, unless the method does so itself; tokens' heads are left alone. */
    public static void attach(CausalLm model, Tuning tuning) {
        Linear head = model.head();
        String name = head.name() + ".weight";
        if (!model.readout().isOfRows() || model.tuned().containsKey(name)) {
            return;
        }
        if (tuning.isAdapter()) {
            Tensor weight = Scope.keep(() -> head.weight().stored().detach().to(DType.F32).copy());
            head.attach(new Copy(new Linear(head.name(), Weight.of(model.addTuned(name, weight)), null)));
        } else {
            model.addTuned(name, head.weight().stored());
        }
    }

    /** In place of the linear that it was copied from. */
    private record Copy(Linear copy) implements Linear.Delta {
        @Override public Linear inPlaceOf(Linear own) { return copy; }

        @Override public Tensor mergedWeight(Tensor weight) { return copy.weight().stored().detach(); }

        @Override public Stream<Tensor> parameters() { return copy.parameters(); }
    }
}
