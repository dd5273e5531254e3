package io.weft.tune.prompt;

import io.weft.nn.Dropout;
import io.weft.nn.Parameters;
import io.weft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What the vectors of virtual tokens are made of: a learned table, alone or with a network that turns it into them, as
 * PEFT's {@code PrefixEncoder}, {@code PromptEmbedding} and {@code PromptEncoder} do. The tensors' names, which are
 * PEFT's, say which it is:
 * <pre>
 *   embedding.weight                                     [P, E]: the vectors themselves where nothing follows
 *   transform.{0, 2}.{weight, bias}                      a tanh between (Li and Liang 2021, arXiv:2101.00190)
 *   mlp_head.{0, 2, 4}.{weight, bias}                    a ReLU between (Liu et al. 2021, arXiv:2103.10385)
 *   lstm_head.{weight, bias}_{ih, hh}_l{0, 1, ..}[_reverse], mlp_head.{0, 2}.{weight, bias}
 * </pre>
 */
public final class PromptNetwork implements Parameters {
    public static final String TABLE = "embedding.weight";
    private static final String TRANSFORM = "transform", HEAD = "mlp_head", RECURRENT = "lstm_head";
    private final Map<String, Tensor> named;
    private final Lstm recurrent; // or null
    private final double dropout;

    /** @param dropout share of an LSTM's outputs that the next layer does not see while training */
    public PromptNetwork(Map<String, Tensor> named, double dropout) {
        this.named = new LinkedHashMap<>(named);
        this.dropout = dropout;
        Map<String, Tensor> cells = below(RECURRENT + ".");
        recurrent = cells.isEmpty() ? null : new Lstm(cells);
    }

    /** Whether these are a table's and no network's. */
    public static boolean isTable(Iterable<String> names) {
        for (String name : names) {
            if (!name.equals(TABLE)) {
                return false;
            }
        }
        return true;
    }

    private Map<String, Tensor> below(String prefix) {
        Map<String, Tensor> found = new TreeMap<>();
        named.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), tensor);
            }
        });
        return found;
    }

    /** The vectors [P, W]. */
    public Tensor encode(Dropout pass) {
        Tensor table = named.get(TABLE);
        Tensor seen = recurrent == null ? table : recurrent.forward(table, pass, dropout);
        return dense(HEAD, dense(TRANSFORM, seen, Tensor::tanh), Tensor::relu);
    }

    /** The linears of one name, numbered in steps of two: between them PyTorch counts the activations. */
    private Tensor dense(String name, Tensor x, UnaryOperator<Tensor> between) {
        Tensor y = x;
        for (int i = 0; named.containsKey(name + "." + i + ".weight"); i += 2) {
            String linear = name + "." + i;
            y = Tensor.linear(i == 0 ? y : between.apply(y), named.get(linear + ".weight"),
                    named.get(linear + ".bias"));
        }
        return y;
    }

    @Override public Stream<Tensor> parameters() { return named.values().stream(); }
}
