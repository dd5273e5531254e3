package io.weft.generate;

import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.problem.UserError;
import io.weft.tensor.Device;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.List;

import static io.weft.problem.Language.say;

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

    /** Of the head's outputs, in their order. */
    public List<String> labels() { return labels; }

    /** @throws UserError when the row is empty, or longer than the model's context */
    public void require(int[] ids, int contextLength) {
        if (ids.length == 0) {
            throw UserError.of(say("the text is empty; give it at least one token"));
        }
        if (ids.length > contextLength) {
            throw UserError.of(say("the text has %,d tokens and the model's context is %,d; shorten it", ids.length,
                    contextLength));
        }
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
