package io.weft.estimate;

import io.weft.model.HfConfig;
import io.weft.model.WeightLoading;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.objective.Recompute;
import io.weft.tensor.Device;
import io.weft.tensor.Scope;
import io.weft.tune.TrainableCount;
import io.weft.tune.TrainedHead;
import io.weft.tune.Tuning;
import java.util.List;

/**
 * What memory a tuning of a model takes, from its config alone: shapes are gone through without a value. All counts are
 * floats unless they say bytes. How well it foretells what is measured: docs/estimate.md.
 *
 * @param weightBytes of the base in the process  @param upcastBytes of copies that a kept graph holds of mapped weights
 * @param adapter   trained beside the base  @param trained of all that is trained
 * @param blocks    each block's, from the bottom  @param lowest the first of them in which something is trained
 * @param width     of hidden states  @param outputs of the head  @param bytes of a float that is computed with
 * @param largest   trained tensor  @param widest of the linears' inputs and outputs  @param trainable of all
 *     parameters
 */
public record MemoryModel(long weightBytes, long upcastBytes, long adapter, long trained,
        List<BlockMemory> blocks, int lowest, int width, long outputs, int bytes, long largest,
        long widest, long vocabulary, TrainableCount trainable) {
    /** Java with its heap, libtorch and BLAS, before a weight is read: measured with the embedded base. */
    private static final long PROCESS = 360L << 20;
    /** Bytes of a tokenizer in Java for each of its tokens: measured with one of 49,152. */
    private static final long TOKEN = 1200;
    /** As {@code objective.TokenLoss}. */
    private static final long CHUNK_BYTES = 64L << 20;
    /** Logits, their exponentials while they are summed, gradients, and what malloc loses by them: measured. */
    private static final double CHUNKS = 4.5;
    /**
     * What malloc needs beside tensors of many sizes that come and go: the more the larger they are, since threads
     * other than a process's first one get memory in pieces of 64 MB. Measured on SmolLM2-135M: 1.2 times the tensors
     * with 763 tokens in a pass, 1.67 times with 4,096, whose widest tensors have 25 MB.
     */
    private static final double LEAST_LOST = 1.1, MOST_LOST = 0.57, WIDE = 25 << 20;

    /** @param loading how a run has the weights */
    public static MemoryModel of(ModelFolder base, Tuning tuning, WeightLoading loading) {
        return Scope.value(() -> Device.value(Device.META, () -> {
            CausalLm model = base.outline();
            tuning.attach(model, 0, text -> new int[] {0});
            TrainedHead.attach(model, tuning);
            boolean mapped = loading.placement() == WeightPlacement.MAPPED;
            int bytes = loading.compute().bytes();
            long linear = model.linears().values().stream().mapToLong(one -> one.weight().elements()).sum();
            long vectors = model.weights().values().stream().filter(weight -> weight.shape().length == 1)
                    .mapToLong(weight -> weight.elements()).sum();
            long weightBytes = base.isNarrow() ? base.residentBytes()
                    : bytes * vectors + (mapped ? 0 : loading.matrices().bytes() * (model.weightCount() - vectors));
            double active = activeExperts(base.config());
            List<BlockMemory> blocks = model.blocks().stream().map(block -> BlockMemory.of(model, block, active))
                    .toList();
            return new MemoryModel(weightBytes, mapped || base.isNarrow() ? loading.products().bytes() * linear : 0,
                    tuning.isAdapter() ? model.trainedCount() : 0, model.trainedCount(), blocks, lowest(model),
                    model.width(), model.head().outputs(), bytes, model.tuned().values().stream()
                    .mapToLong(tensor -> tensor.elements()).max().orElse(0),
                    model.linears().values().stream().mapToLong(one -> Math.max(one.inputs(), one.outputs())).max()
                    .orElse(0), model.vocabulary(), TrainableCount.of(model, tuning));
        }));
    }

    private static double activeExperts(HfConfig config) {
        String all = config.has("num_local_experts") ? "num_local_experts" : "num_experts";
        return config.has("num_experts_per_tok") && config.has(all)
                ? (double) config.integer("num_experts_per_tok") / config.integer(all) : 1;
    }

    private static int lowest(CausalLm model) {
        if (model.embedding().parameters().anyMatch(tensor -> tensor.isTrainable())) {
            return 0;
        }
        List<Block> blocks = model.blocks();
        int lowest = 0;
        while (lowest < blocks.size() && !blocks.get(lowest).isTrained()) {
            lowest++;
        }
        // what is trained beside blocks (a soft prompt, a prefix) is fed from below
        return lowest == blocks.size() && model.trainedCount() > 0 ? 0 : lowest;
    }

    /**
     * At its largest pass.
     *
     * @param recompute ALWAYS or NEVER  @param accumulates whether gradients of earlier passes are there meanwhile
     */
    public MemoryEstimate at(TokenLoad load, Recompute recompute, boolean accumulates) {
        boolean again = recompute == Recompute.ALWAYS;
        double token = (double) width * (blocks.size() + 1), most = 0, passing = 0;
        for (BlockMemory block : blocks.subList(lowest, blocks.size())) {
            token += again ? 0 : block.kept() - width;
            most = Math.max(most, again ? block.kept() : 0);
            passing = Math.max(passing, block.passing());
        }
        long rows = Math.min(load.supervised(), Math.max(16, CHUNK_BYTES / (4 * outputs)));
        double head = CHUNKS * 4 * outputs * rows + 16.0 * width * load.supervised();
        double malloc = LEAST_LOST + MOST_LOST * Math.min(1, bytes * widest * load.micro() / WIDE);
        double kept = malloc * bytes * load.micro() * (token + most), down = malloc * bytes * load.micro() * passing;
        double activations = kept + Math.max(0, down - head) + (again ? 0 : upcastBytes);
        long gradients = 4 * trained;
        // without earlier passes gradients come as activations go
        long shown = accumulates ? gradients : (long) Math.max(0, gradients - activations);
        return new MemoryEstimate(weightBytes, 4 * adapter, shown, 8 * trained,
                (long) Math.max(activations, 4.0 * largest), (long) head, PROCESS + TOKEN * vocabulary);
    }
}
