package io.weft.tune.prompt;

import io.weft.nn.Dropout;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * PyTorch's {@code LSTM} of both directions over one sequence (Hochreiter and Schmidhuber 1997), by its tensors' names:
 * {@code weight_ih_l0} [4 H, I], {@code weight_hh_l0} [4 H, H], {@code bias_ih_l0} and {@code bias_hh_l0} [4 H], the
 * same with {@code _reverse}, then those of layer 1. Rows of the gates: input, forget, cell, output.
 */
final class Lstm {
    private final Map<String, Tensor> named;

    Lstm(Map<String, Tensor> named) { this.named = named; }

    /** x [P, I] -> [P, 2 H], the first half of each row read forward, the other backward. @param rate of dropout */
    Tensor forward(Tensor x, Dropout dropout, double rate) {
        Tensor y = x;
        for (int layer = 0; named.containsKey("weight_ih_l" + layer); layer++) {
            // PyTorch leaves out what one layer says to the next, and nothing of what the last one says
            Tensor seen = layer == 0 ? y : dropout.apply(y, rate, layer).mul(dropout.gain(rate));
            y = Tensor.concat(1, List.of(direction(seen, "_l" + layer, false),
                    direction(seen, "_l" + layer + "_reverse", true)));
        }
        return y;
    }

    private Tensor direction(Tensor x, String suffix, boolean backward) {
        Tensor again = named.get("weight_hh" + suffix), bias = named.get("bias_hh" + suffix);
        Tensor fed = Tensor.linear(x, named.get("weight_ih" + suffix), named.get("bias_ih" + suffix)); // [P, 4 H]
        int steps = (int) x.size(0);
        long width = again.size(1);
        Tensor hidden = Tensor.zeros(1, width), cell = Tensor.zeros(1, width);
        Tensor[] said = new Tensor[steps];
        for (int i = 0; i < steps; i++) {
            int at = backward ? steps - 1 - i : i;
            Tensor gates = fed.narrow(0, at, 1).add(Tensor.linear(hidden, again, bias));
            Tensor input = gates.narrow(1, 0, width).sigmoid(), forget = gates.narrow(1, width, width).sigmoid(),
                    fresh = gates.narrow(1, 2 * width, width).tanh(),
                    output = gates.narrow(1, 3 * width, width).sigmoid();
            cell = forget.mul(cell).add(input.mul(fresh));
            hidden = output.mul(cell.tanh());
            said[at] = hidden;
        }
        return Tensor.concat(0, new ArrayList<>(Arrays.asList(said)));
    }
}
