package io.weft.export;

import io.weft.file.AtomicFile;
import io.weft.file.Folders;
import io.weft.model.folder.FrozenWeights;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * Writes a model, with its adapter merged in, as a whole Hugging Face folder. It is written beside the target, loaded
 * again, compared with base and adapter, and only then takes the target's name. The model belongs to the thread that
 * calls.
 */
public final class Exporter {
    /** The types that weights can be stored in, by the words of recipes. */
    private static final Map<String, DType> TYPES = Map.of("fp32", DType.F32, "bf16", DType.BF16, "fp16", DType.F16);
    private static final long TEXT_FILES_BYTES = 64L << 20;
    /** An adapter of which rounding takes more than this share is not what was tuned. */
    private static final double MOST_OF_EFFECT = 0.5;
    private final ModelFolder folder;
    private final CausalLm model;
    private final boolean adapted;
    private final List<int[]> probes;
    private final Consumer<Path> companions, readBack;

    /**
     * @param folder  that the weights came from; its config, tokenizer and template go along
     * @param adapted whether an adapter is attached
     * @param probes  ids of prompts on which the exported model is to say what this one says, one or more
     * @param companions writes what else belongs beside the weights into the folder, before it is verified
     * @param readBack reads everything else that was written, and refuses what does not say the same as here
     */
    public Exporter(ModelFolder folder, CausalLm model, boolean adapted, List<int[]> probes,
            Consumer<Path> companions, Consumer<Path> readBack) {
        this.folder = folder;
        this.model = model;
        this.adapted = adapted;
        this.probes = List.copyOf(probes);
        this.companions = companions;
        this.readBack = readBack;
    }

    /** @param word "fp32", "bf16" or "fp16"  @throws UserError for any other */
    public static DType type(String word) {
        if (!TYPES.containsKey(word)) {
            throw UserError.of(say("%s is no type for weights; use fp32, bf16 or fp16", word));
        }
        return TYPES.get(word);
    }

    /**
     * @param target a folder that is empty or not there yet  @param type of the stored weights
     * @throws UserError when the target holds something or cannot be written, the disk is too small, or the result
     *     differs from the model by more than rounding does; nothing is left behind then
     */
    public Export merged(Path target, DType type) {
        return written(target, type, unfinished -> folder.write(model, unfinished, type), this::verified);
    }

    /**
     * As {@link #merged}, with the linears quantised to NF4 as transformers and bitsandbytes save them.
     *
     * @param type of what is not quantised
     * @throws UserError also when quantising loses most of what was tuned, or the model has experts
     */
    public Export quantised(Path target, DType type) {
        return written(target, type, unfinished -> folder.writeQuantised(model, unfinished, type),
                this::verifiedQuantised);
    }

    private interface Verifying {
        Export verified(Path written, Path target, DType type);
    }

    private Export written(Path target, DType type, Consumer<Path> writing, Verifying verifying) {
        Path place = target.toAbsolutePath().normalize();
        requireFree(place);
        requireSpace(place, type);
        Path unfinished = place.resolveSibling("." + place.getFileName() + ".tmp-" + UUID.randomUUID());
        try {
            Files.createDirectories(unfinished);
            writing.accept(unfinished);
            companions.accept(unfinished);
            Export export = verifying.verified(unfinished, place, type);
            Files.deleteIfExists(place);
            Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.sync(place.getParent());
            return export;
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(target, e);
        } finally {
            delete(unfinished);
        }
    }

    private static void requireFree(Path target) {
        if (target.getFileName() == null || Files.exists(target) && !isEmptyFolder(target)) {
            throw UserError.of(say("%s is not an empty folder; choose another one for the merged model", target));
        }
    }

    private static boolean isEmptyFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(folder, e);
        }
    }

    private void requireSpace(Path target, DType type) {
        Path existing = target;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            long needed = model.weightCount() * type.bytes() + TEXT_FILES_BYTES,
                    free = Files.getFileStore(existing).getUsableSpace();
            if (free < needed) {
                throw UserError.of(say("%s: the merged model needs %,d MB, the disk has %,d MB free; free some space "
                        + "or choose another folder",
                        target, needed >> 20, free >> 20));
            }
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(target, e);
        }
    }

    private Export verified(Path written, Path target, DType type) {
        readBack.accept(written);
        return Scope.value(() -> {
            ModelFolder exported = ModelFolder.open(written);
            CausalLm loaded = exported.load(FrozenWeights.AUTO.of(exported));
            model.mergedShapes().keySet().forEach(name -> requireStored(loaded, name, type));
            List<float[]> tuned = LogitCheck.logits(model, probes, Adapters.DEFAULT);
            double allowed = allowed(type), difference = LogitCheck.difference(tuned,
                    LogitCheck.logits(loaded, probes, Adapters.DEFAULT), (int) model.head().outputs());
            double effect = adapted ? LogitCheck.difference(tuned, LogitCheck.logits(model, probes, Adapters.NONE),
                    (int) model.head().outputs()) : Double.NaN;
            if (!(difference <= allowed)) {
                throw new TooNarrow(say("the merged model is not the tuned one: its logits differ by %.2g of their "
                        + "size, rounding to %s explains %.2g; nothing was written. Export it as fp32", difference,
                        type, allowed));
            }
            if (difference > MOST_OF_EFFECT * effect && difference > allowed(DType.F32)) {
                throw new TooNarrow(say("most of what was tuned would be lost in rounding to %s: the adapter moves the "
                        + "logits by %.2g of their size, rounding by %.2g; nothing was written. Export it as fp32",
                        type, effect, difference));
            }
            return new Export(target, type, model.weightCount() * type.bytes(), difference, allowed, adapted
                    ? OptionalDouble.of(effect) : OptionalDouble.empty());
        });
    }

    /** What quantising costs has no bound that holds for every model, so it is told; the tuning must survive it. */
    private Export verifiedQuantised(Path written, Path target, DType type) {
        readBack.accept(written);
        return Scope.value(() -> {
            ModelFolder exported = ModelFolder.open(written);
            CausalLm loaded = exported.load(FrozenWeights.AUTO.of(exported));
            List<float[]> tuned = LogitCheck.logits(model, probes, Adapters.DEFAULT);
            double difference = LogitCheck.difference(tuned, LogitCheck.logits(loaded, probes, Adapters.DEFAULT),
                    model.vocabulary());
            double effect = adapted ? LogitCheck.difference(tuned, LogitCheck.logits(model, probes, Adapters.NONE),
                    model.vocabulary()) : Double.NaN;
            if (!(difference < 1)) {
                throw UserError.of(say("the quantised model is not the tuned one: its logits differ by %.2g of their "
                        + "size; nothing was written. Export it in 16 bits", difference));
            }
            if (difference > MOST_OF_EFFECT * effect) {
                throw UserError.of(say("most of what was tuned would be lost in quantising: the adapter moves the "
                        + "logits by %.2g of their size, quantising by %.2g; nothing was written. Quantise the base "
                        + "alone (weft export BASE --merged DIR --quantised nf4) and keep the adapter beside it, or "
                        + "export the merged model in 16 bits", effect, difference));
            }
            return new Export(target, type, bytes(written), difference, Double.NaN, adapted
                    ? OptionalDouble.of(effect) : OptionalDouble.empty());
        });
    }

    private static long bytes(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".safetensors")).mapToLong(file -> file.toFile()
                    .length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every stored weight is the merged one, rounded. */
    private void requireStored(CausalLm loaded, String name, DType type) {
        boolean same = Scope.value(() -> loaded.merged(name).to(DType.F32)
                .sub(model.merged(name).detach().to(type).to(DType.F32)).abs().max().item() == 0);
        if (!same) {
            throw new TooNarrow(say("%s could not be stored as %s: it is out of that type's range or the disk failed; "
                    + "nothing was written. Export it as fp32", name, type));
        }
    }

    /**
     * What rounding every weight may cost, see {@link LogitCheck}: a step of the type at 1, times 12, what the noise of
     * the layers adds up to with some room.
     */
    private static double allowed(DType type) {
        return switch (type) {
            case BF16 -> 12 * 0x1p-8;
            case F16 -> 12 * 0x1p-11;
            default -> 1e-4;
        };
    }

    private static void delete(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
