package io.weft.app.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** Graphics processors. This version of Weft computes on the CPU, so none is needed and none is used. */
final class Graphics {
    private static final Path NVIDIA = Path.of("/proc/driver/nvidia/gpus");

    private Graphics() {}

    static Finding check() {
        List<String> names = nvidia();
        String title = "GPU", asked = say("recommended for models of 6 B weights: %s of GPU memory",
                Minimums.size(Minimums.GPU_MEMORY));
        return names.isEmpty()
                ? Finding.ok("gpu", title, say("none; Weft computes on the CPU (%s)", asked))
                : Finding.warn("gpu", title, say("%s; not used: this version computes on the CPU (%s)",
                String.join(", ", names), asked),
                        say("larger models train here too, slowly: the speed line says how slowly"));
    }

    private static List<String> nvidia() {
        if (!Files.isDirectory(NVIDIA)) {
            return List.of();
        }
        try (Stream<Path> cards = Files.list(NVIDIA)) {
            return cards.map(card -> Machine.firstLine(card.resolve("information")).replaceFirst("^Model:\\s*", ""))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
