package io.weft.generate;

import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.tensor.Device;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.List;

/** Reads rows with a model whose head tells labels apart or gives a score. Belongs to the thread of its model. */
public final class RowReader {
    private final CausalLm model;
    private final List<String> labels;
    private final Adapters adapters;

    /** @param labels of the head's outputs, in their order */
    public RowReader(CausalLm model, List<String> labels, Adapters adapters) {
        if (!model.readout().isOfRows()) {
            throw new IllegalArgumentException("the model says " + model.readout());
        }
        this.model = model;
        this.labels = List.copyOf(labels);
        this.adapters = adapters;
    }

    /** What the model says of a row, at its last token. @param ids one or more */
    public Verdict read(int[] ids) {
        return new Verdict(labels, Device.value(model.device(), () -> Scope.value(() -> {
            Pass pass = Pass.single(ids.length).with(adapters);
            Tensor hidden = model.hidden(ids, pass).narrow(0, ids.length - 1, 1);
            return model.logits(hidden, pass.ofTokens(new int[] {ids.length - 1})).toFloats();
        })));
    }
}
