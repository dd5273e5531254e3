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
        int room = contextLength - model.positions(adapters.of(0));
        if (ids.length > room) {
            throw UserError.of(say("the text has %,d tokens and the model's context is %,d; shorten it", ids.length,
                    room));
        }
    }

    /** What the model says of a row, at its last token. @param ids one or more */
    public Verdict read(int[] ids) {
        return new Verdict(labels, Device.value(model.device(), () -> Scope.value(() -> {
            // what is fed to the embedding stands in the place of tokens before the row's own
            int before = model.placeholders(adapters.of(0)), last = before + ids.length - 1;
            int[] placed = new int[before + ids.length];
            System.arraycopy(ids, 0, placed, before, ids.length);
            Pass pass = Pass.single(placed.length).with(adapters);
            Tensor hidden = model.hidden(placed, pass).narrow(0, last, 1);
            return model.logits(hidden, pass.ofTokens(new int[] {last})).toFloats();
        })));
    }
}
