package io.weft;

import io.weft.file.Sha256;
import io.weft.model.folder.ModelFolder;
import io.weft.recipe.Recipe;
import io.weft.resume.Resumption;
import io.weft.run.RunEvent;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.token.TinyTokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Real training runs that take a second: a model of two narrow layers, a few rows. */
public final class TinyRun {
    /** Answers that every sixth row repeats, so that there is something to learn. */
    private static final List<String> ANSWERS = List.of("the cat reads the book.", "这只猫阅读一本书。",
            "a small model trains on ten rows!", "小模型训练十行数据!", "my friend writes a letter?", "老师写下数据 2024。");

    private TinyRun() {}

    /** A whole Hugging Face folder of a Llama with weights from a seed. */
    public static Path base(Path folder, DType type) { return base(folder, type, 32); }

    /** The same of another width, a multiple of 8. */
    public static Path base(Path folder, DType type, int width) {
        try {
            TinyTokenizers.write(Files.createDirectories(folder));
            Files.writeString(folder.resolve("config.json"), """
                    {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 400, \
                    "hidden_size": %d, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
                     "num_key_value_heads": 2, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, \
                     "max_position_embeddings": 128, "initializer_range": 0.2, "hidden_act": "silu",
                     "tie_word_embeddings": true, "eos_token_id": 399, "torch_dtype": "bfloat16"}""".formatted(width));
            Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": 399}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ModelFolder model = ModelFolder.open(folder);
        Scope.run(() -> model.write(model.initialise(1), folder, type));
        return folder;
    }

    /**
     * A base that knows these rows better than guessing, so that there is something to lose; {@link #base} gives those
     * of a random model.
     */
    public static Path taught(Path base, Path rows, Path folder) {
        trained(recipe(base, rows, "tuning.full=true", "train.steps=40", "train.learningRate=0.01",
                "train.evalEvery=40"), folder);
        return folder.resolve("model");
    }

    /** Rows in the alpaca format. */
    public static Path rows(Path file, int count) {
        String rows = IntStream.range(0, count).mapToObj(i -> "{\"instruction\": \"the teacher reads row " + i
                + " <b>\", \"input\": \"\", \"output\": \"" + ANSWERS.get(i % ANSWERS.size()) + "\"}\n")
                .collect(Collectors.joining());
        try {
            return Files.writeString(file, rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A recipe of few steps. @param settings more of them, as on a command line */
    public static Recipe recipe(Path base, Path rows, String... settings) {
        return Recipe.of(base.toString(), rows.toString())
                .with("data.maxLength=96", "data.heldOut=0.25", "train.steps=12", "train.learningRate=0.02",
                "train.accumulate=1", "train.evalEvery=4").with(settings);
    }

    /** A run that was asked to stop after a step, and committed there. */
    public static Path stopped(Recipe recipe, Path out, int step) {
        Scope.run(() -> {
            TrainingRun[] current = new TrainingRun[1];
            try (TrainingRun run = TrainingRun.start(recipe, out, event -> {
                if (event instanceof RunEvent.StepDone && event.step() == step) {
                    current[0].requestStop();
                }
            })) {
                current[0] = run;
                run.train();
            }
        });
        return out;
    }

    /** Goes on with a run to its end. Returns what was told meanwhile. */
    public static List<RunEvent> resumed(Path run, Resumption asked) {
        List<RunEvent> told = new ArrayList<>();
        Scope.run(() -> {
            try (TrainingRun resumed = TrainingRun.resume(run, asked, told::add)) {
                resumed.train();
            }
        });
        return told;
    }

    /** A sum of every file below a folder, by its path in it. */
    public static Map<String, String> contents(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).collect(Collectors.toMap(file -> folder.relativize(file).toString(),
                    Sha256::of, (one, other) -> one, TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of a whole folder. */
    public static Path copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A finished run. */
    public static Path trained(Recipe recipe, Path out) {
        Scope.run(() -> {
            try (TrainingRun run = TrainingRun.start(recipe, out, event -> {})) {
                run.train();
            }
        });
        return out;
    }
}
