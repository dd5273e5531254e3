package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.List;

/**
 * Keys and values that stand before those of a document in every layer, as prefix tuning learns them (Li and Liang
 * 2021, arXiv:2101.00190). A layer's window counts them as the keys of tokens, as in Hugging Face's cache: where it is
 * narrow, later tokens do not see them. They are used as they are: no norm and no rotation is put on these keys.
 *
 * @param keys [P, G, D] for each layer
 * @param values [P, G, D] for each layer
 */
public record KeyValuePrefix(List<Tensor> keys, List<Tensor> values) {
    public KeyValuePrefix {
        keys = List.copyOf(keys);
        values = List.copyOf(values);
    }

    /** P, the number of places that it takes. */
    public int length() { return (int) keys.get(0).size(0); }

    /** Whether a layer's part is to get a gradient. */
    boolean isTrained(int layer) { return keys.get(layer).isTrainable() || values.get(layer).isTrainable(); }
}
