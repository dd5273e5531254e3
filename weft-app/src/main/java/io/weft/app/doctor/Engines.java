package io.weft.app.doctor;

import io.weft.problem.UserError;
import io.weft.tensor.Engine;
import io.weft.tensor.NoGrad;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.token.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** The native libraries: whether they load, and how fast they multiply. */
final class Engines {
    /** Square matrices, as large as a small model's: 2 x 1024^3 operations, some 15 ms on two good cores. */
    private static final int SIDE = 1024, REPEATS = 50;
    /** Below this, in GFLOP/s a core, something is wrong: any core of the last ten years does twice as much. */
    private static final double SLOW_CORE = 12;

    private Engines() {}

    static Finding libtorch() {
        String title = say("engine");
        try {
            Map<String, String> facts = Engine.facts();
            return Finding.ok("libtorch", title, say("libtorch %s, BLAS %s, vector instructions %s, %s threads",
                    facts.get("libtorch"), facts.get("blas"), facts.get("cpu"), facts.get("threads")));
        } catch (LinkageError e) {
            return Finding.fail("libtorch", title, say("libtorch does not load: %s", e.getMessage()),
                    say("build for this platform (-Dweft.platform=...); on Linux glibc 2.28 or later and libgomp are "
                    + "needed; the cache ~/.javacpp must be writable"));
        }
    }

    /** Reads the smallest tokenizer there is. */
    static Finding tokenizers() {
        String title = say("tokenizers");
        try {
            Path folder = Files.createTempDirectory("weft-doctor");
            try {
                Files.writeString(folder.resolve("tokenizer.json"), """
                        {"version": "1.0", "added_tokens": [], "normalizer": null, \
                        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, \
                        "use_regex": true},
                         "post_processor": null, "decoder": null, "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, \
                         "ab": 2}, "merges": ["a b"]}}""");
                try (Tokenizer tokenizer = Tokenizer.read(folder)) {
                    int[] ids = tokenizer.encode("ab");
                    return ids.length == 1 && ids[0] == 2
                            ? Finding.ok("tokenizers", title, say("the native library loads and encodes"))
                            : Finding.fail("tokenizers", title,
                            say("'ab' is encoded wrongly, in %d tokens", ids.length), say("reinstall Weft"));
                }
            } finally {
                try (Stream<Path> files = Files.list(folder)) {
                    files.forEach(file -> file.toFile().delete());
                }
                Files.delete(folder);
            }
        } catch (LinkageError | UserError e) {
            return Finding.fail("tokenizers", title, e.getMessage(),
                    say("make ~/.djl.ai writable, or set DJL_CACHE_DIR to a folder that is"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Finding speed() {
        String title = say("speed");
        try {
            double billions = Scope.value(() -> NoGrad.get(Engines::multiplications));
            int threads = Engine.threads();
            String found = say("%.0f GFLOP/s in fp32 on %d threads; a model of 135 M parameters trains at most %.0f "
                    + "tokens/s by LoRA",
                    billions, threads, billions / (4 * 0.135));
            return billions >= SLOW_CORE * threads ? Finding.ok("speed", title, found)
                    : Finding.warn("speed", title, found,
                    say("too slow for these cores: other programs compete, or the thread environment is wrong (start "
                    + "by the weft launcher)"));
        } catch (LinkageError e) {
            return Finding.fail("speed", title, say("nothing can be computed without libtorch"), say("see engine"));
        }
    }

    /**
     * The best of several, in billions a second: what disturbs a measurement only makes it slower. LoRA takes 4
     * operations a weight and token.
     */
    private static double multiplications() {
        Tensor left = RandomStream.of(1).normal(1, SIDE, SIDE), right = RandomStream.of(2).normal(1, SIDE, SIDE);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < REPEATS; i++) {
            long start = System.nanoTime();
            Scope.run(() -> left.matmul(right));
            least = Math.min(least, System.nanoTime() - start);
        }
        return 2.0 * SIDE * SIDE * SIDE / least;
    }
}
