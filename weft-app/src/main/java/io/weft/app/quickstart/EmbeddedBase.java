package io.weft.app.quickstart;

import io.weft.file.AtomicFile;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * The small model and the rows that come with Weft, so that {@code weft quickstart} needs no network: unpacked once
 * into the user's cache, where runs find their base again.
 */
public final class EmbeddedBase {
    /** Name of the unpacked folder; a base of other weights gets another one. */
    public static final String NAME = "weft-base-1";
    /**
     * What suits so small a model and such short rows, however it is tuned (see {@link QuickstartTuning}); a model of
     * the user's gets the usual defaults. Many different
     * rows seen twice: the same visits to a third of the rows left the held-out loss at three times the training
     * loss, and the figure moved by ten points with the seed. Small batches cost no more a row here and give four
     * times the steps; a twelfth of the rows judge, since a figure from 160 rows has a standard error of three points.
     */
    public static final List<String> SETTINGS = List.of("data.maxLength=256", "data.pack=false", "data.heldOut=0.0833",
            "train.epochs=2", "train.batch=4", "train.accumulate=1", "train.warmupSteps=10", "train.logEvery=100",
            "train.evalEvery=550", "train.saveEvery=550");
    private static final String RESOURCES = "/io/weft/app/quickstart/";
    private static final List<String> MODEL = List.of("config.json", "model.safetensors", "tokenizer.json",
            "tokenizer_config.json", "README.md");

    private EmbeddedBase() {}

    /** The Hugging Face folder of the base. @throws UserError when the cache cannot be written */
    public static Path model() {
        Path folder = home().resolve(NAME);
        MODEL.forEach(name -> unpack("base/" + name, folder.resolve(name)));
        return folder;
    }

    /** The instruction rows, in the alpaca format. @throws UserError as {@link #model} */
    public static Path rows() {
        Path file = home().resolve(NAME).resolve("instructions.json");
        unpack("instructions.json", file);
        return file;
    }

    /** {@code WEFT_HOME}, else {@code weft} in the system's usual place for caches. */
    static Path home() {
        String given = System.getenv("WEFT_HOME"), cache = System.getenv("XDG_CACHE_HOME");
        // an empty variable is none, not the current directory
        return given != null && !given.isBlank() ? Path.of(given)
                : cache != null && !cache.isBlank() ? Path.of(cache, "weft")
                : Path.of(System.getProperty("user.home"), ".cache", "weft");
    }

    private static void unpack(String resource, Path file) {
        byte[] bytes = resource(resource);
        try {
            if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
                return;
            }
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be used (%s); set WEFT_HOME to a folder that can be written",
                    file.getParent(), e.getClass().getSimpleName()), e);
        }
        AtomicFile.write(file, bytes);
    }

    static byte[] resource(String name) {
        try (InputStream in = EmbeddedBase.class.getResourceAsStream(RESOURCES + name)) {
            if (in == null) {
                throw new IllegalStateException("this build of Weft lacks " + RESOURCES + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
