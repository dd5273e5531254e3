package io.weft.app.doctor;

import io.weft.data.prepare.DataSettings;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.FrozenWeights;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.problem.UserError;
import io.weft.tensor.Scope;
import io.weft.train.TrainSettings;
import java.nio.file.Path;

import static io.weft.problem.Language.say;

/**
 * What a model takes while a LoRA adapter for it is trained.
 *
 * @param weights    parameters  @param narrow whether those of linears are quantised
 * @param weightBytes what they take of the process's memory while one block is used
 * @param tokenBytes what the forward pass keeps of one token for the backward pass
 */
record ModelNeeds(long weights, WeightPlacement holding, boolean narrow, long weightBytes, long tokenBytes) {
    /** Java and its heap, libtorch and MKL, and the chunk of the head: what SmolLM2-135M took beyond the rest. */
    private static final long PROCESS = 1200L << 20;

    static Finding check(Path folder) {
        String title = say("model");
        try {
            ModelFolder model = ModelFolder.open(folder);
            return Scope.value(() -> of(model)).finding(title, folder);
        } catch (UserError e) {
            return Finding.fail("model", title, e.getMessage(),
                    say("choose another folder, or fetch a model with weft pull ORG/NAME"));
        }
    }

    private static ModelNeeds of(ModelFolder model) {
        CausalLm outline = model.outline();
        WeightPlacement holding = FrozenWeights.AUTO.of(model);
        int blocks = outline.blocks().size();
        long weights = outline.weightCount(), keptBytes = outline.keptBytes();
        // Mapped weights are upcast a block at a time, and only a block's activations are kept beside every block's
        // input.
        if (model.isNarrow()) {
            // widened some rows at a time
            return new ModelNeeds(weights, holding, true, model.quantisedBytes(),
                    keptBytes / blocks + 4L * blocks * outline.width());
        }
        return holding == WeightPlacement.RESIDENT ? new ModelNeeds(weights, holding, false, 4 * weights, keptBytes)
                : new ModelNeeds(weights, holding, false, 4 * weights / blocks,
                keptBytes / blocks + 4L * blocks * outline.width());
    }

    private Finding finding(String title, Path folder) {
        int batch = TrainSettings.DEFAULTS.batching().batch(), length = DataSettings.DEFAULTS.maxLength();
        long usual = training(batch * length), small = training(length), available = Machine.availableMemory();
        String size = Minimums.size(4 * weights), most = Minimums.size(usual), least = Minimums.size(small),
                free = Minimums.size(available);
        String held = narrow ? say(" (the linears are kept in four bits)") : holding == WeightPlacement.RESIDENT ? ""
                : say(" (so they stay mapped from their files)");
        String found = say("%s: %,.0f M parameters, %s as fp32%s; LoRA takes about %s with the defaults (%d packs of "
                + "%,d tokens), %s with train.batch=1; %s available", folder, weights / 1e6, size, held, most, batch,
                length, least, free);
        if (small > available) {
            return Finding.fail("model", title, found,
                    say("lower data.maxLength, or choose a smaller model or a larger machine"));
        }
        return usual <= available ? Finding.ok("model", title, found)
                : Finding.warn("model", title, found,
                say("train with train.batch=1 train.accumulate=16: the same steps in less memory"));
    }

    private long training(int tokens) { return PROCESS + weightBytes + tokens * tokenBytes; }
}
