package io.weft.app.doctor;

import io.weft.data.DataSettings;
import io.weft.model.HfConfig;
import io.weft.model.ModelFolder;
import io.weft.problem.UserError;
import io.weft.train.TrainSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * What a model takes while a LoRA adapter for it is trained.
 *
 * @param weights parameters  @param tokenBytes what the forward pass keeps of one token for the backward pass
 */
record ModelNeeds(long weights, long tokenBytes) {
    /** Java and its heap, libtorch and MKL, and the chunk of the head: what SmolLM2-135M took beyond the rest. */
    private static final long PROCESS = 1200L << 20;

    static Finding check(Path folder) {
        String title = say("model", "模型");
        try {
            ModelFolder model = ModelFolder.open(folder);
            return new ModelNeeds(weights(model), tokenBytes(model.config())).finding(title, folder);
        } catch (UserError e) {
            return Finding.fail("model", title, e.getMessage(), say("choose another folder, or fetch a model with weft pull ORG/NAME", "请换一个目录,或用 weft pull 组织/名称 下载模型"));
        }
    }

    private Finding finding(String title, Path folder) {
        int batch = TrainSettings.DEFAULTS.batch(), length = DataSettings.DEFAULTS.maxLength();
        long usual = training(batch * length), small = training(length), available = Machine.availableMemory();
        String size = Minimums.size(4 * weights), most = Minimums.size(usual), least = Minimums.size(small), free = Minimums.size(available);
        String found = say("%s: %,d M parameters, %s as fp32; LoRA takes about %s with the defaults (%d packs of %,d tokens), %s with train.batch=1; %s available",
                "%s:%,d M 参数,fp32 占 %s;LoRA 约需 %s(默认 %d 包,每包 %,d 词元),train.batch=1 时约需 %s;可用 %s", folder, weights / 1_000_000, size, most, batch, length, least, free);
        if (small > available) {
            return Finding.fail("model", title, found, say("lower data.maxLength, or choose a smaller model or a larger machine", "请减小 data.maxLength,或选择更小的模型或内存更大的机器"));
        }
        return usual <= available ? Finding.ok("model", title, found) : Finding.warn("model", title, found, say("train with train.batch=1 train.accumulate=16: the same steps in less memory", "请使用 train.batch=1 train.accumulate=16:步数相同,内存更少"));
    }

    private long training(int tokens) { return PROCESS + 4 * weights + tokens * tokenBytes; }

    private static long weights(ModelFolder model) {
        try (Stream<Path> files = Files.list(model.path())) {
            long bytes = files.filter(file -> file.getFileName().toString().endsWith(".safetensors")).mapToLong(file -> file.toFile().length()).sum();
            return bytes / model.storedType().bytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In fp32 and each block: about 12 values of the model's width, 5 of the MLP's, keys and values, and a dropout mask for the input of each of the seven targets. */
    private static long tokenBytes(HfConfig config) {
        long width = config.width(), inner = config.integer("intermediate_size");
        long keyValue = 2 * width * config.integer("num_key_value_heads", config.integer("num_attention_heads")) / config.integer("num_attention_heads");
        return 4L * config.layers() * (18 * width + 6 * inner + keyValue);
    }
}
