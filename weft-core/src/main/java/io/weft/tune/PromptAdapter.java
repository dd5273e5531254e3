package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Dropout;
import io.weft.nn.PassFeed;
import io.weft.problem.UserError;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.prompt.PromptNames;
import io.weft.tune.prompt.PromptNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import static io.weft.problem.Language.say;

/**
 * A way of tuning that learns virtual tokens before those of every document. PEFT's file holds their vectors alone,
 * under one name; a network that makes them is lost there, so it is saved in a file of its own beside it, under the
 * names that it has in PEFT's {@code state_dict()}, and a run goes on from that one. Whoever only opens an adapter
 * takes
 * the vectors. No weight can say what they do, so nothing can be merged.
 */
interface PromptAdapter extends Adapter {
    /** The network's file, which PEFT passes over. */
    String NETWORK = "prompt_encoder.safetensors";

    /** Number of virtual tokens. */
    int length();

    /** Numbers of each of them. */
    long width(CausalLm model);

    /** What a pass gets of them. */
    PassFeed feed(CausalLm model, PromptNetwork network);

    /**
     * Its tensors before the first step, by {@link PromptNetwork}'s names. @param ids of a text, where it needs them
     */
    Map<String, Tensor> fresh(CausalLm model, long seed, Function<String, int[]> ids);

    /** Share of what the network leaves out while training. */
    default double dropout() { return 0; }

    /** The same, in the files of prompts. */
    private static String speltHere(String name) {
        return name.startsWith(PromptNames.IN_MODEL) ? PromptNames.spelt(name, AdapterTensors.PREFIX)
                : PromptNames.WRAPPED + name;
    }

    @Override default void attach(CausalLm model, long seed, Function<String, int[]> ids) {
        attach(model, fresh(model, seed, ids));
    }

    @Override default void attach(CausalLm model, long seed) {
        attach(model, seed, text -> {
            throw new IllegalStateException("tuning." + name() + " begins with words and was given no tokenizer");
        });
    }

    @Override default void attach(CausalLm model, Set<String> names) {
        attach(model, Scope.keep(() -> Tensor.zeros(length(), width(model))));
    }

    /** Attaches the vectors [length, width] without what made them. */
    default void attach(CausalLm model, Tensor vectors) { attach(model, Map.of(PromptNetwork.TABLE, vectors)); }

    private void attach(CausalLm model, Map<String, Tensor> named) {
        named.forEach((name, tensor) -> model.addTuned(PromptNames.IN_MODEL + name, tensor));
        model.attach(feed(model, new PromptNetwork(named, dropout())));
    }

    private static Map<String, Tensor> named(CausalLm model) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        model.tuned().forEach((name, tensor) -> {
            if (name.startsWith(PromptNames.IN_MODEL)) {
                named.put(name.substring(PromptNames.IN_MODEL.length()), tensor);
            }
        });
        return named;
    }

    @Override default void write(CausalLm model, Path folder, String base) {
        Map<String, Tensor> named = named(model);
        Map<String, Tensor> spelt = new LinkedHashMap<>();
        model.tuned().forEach((name, tensor) -> {
            if (!name.startsWith(PromptNames.IN_MODEL)) {
                spelt.put(speltHere(name), tensor);
            }
        });
        Scope.run(() -> NoGrad.run(() -> {
            spelt.put(PromptNames.VECTORS, new PromptNetwork(named, dropout()).encode(Dropout.NONE));
            PeftFiles.write(model, spelt, folder, base, peftType(), peftKeys(model));
        }));
        if (!PromptNetwork.isTable(named.keySet())) {
            TunedFile.write(folder.resolve(NETWORK), model.tuned(), PromptAdapter::speltHere);
        }
    }

    @Override default void read(CausalLm model, Path folder) {
        Path network = folder.resolve(NETWORK);
        boolean table = PromptNetwork.isTable(named(model).keySet());
        if (!table && !Files.exists(network)) {
            throw UserError.of(say("%s is missing: PEFT's files hold what the network made and not the network, so "
                    + "training cannot go on from them", network));
        }
        TunedFile.read(new AdapterTensors(table ? PeftFiles.weights(folder) : network), model.tuned());
    }

    @Override default boolean startsAsTheBase() { return false; }

    @Override default boolean isMergeable() { return false; }
}
