package io.weft.app.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Every check, from what the rest depends on upwards. */
public final class Examination {
    private Examination() {}

    /** @param model folder of the model that is to be tuned, when it is known */
    public static List<Finding> run(Optional<Path> model) {
        List<Supplier<Finding>> checks =
                new ArrayList<>(List.of(Machine::system, Machine::java, Engines::libtorch, Engines::tokenizers,
                LaunchEnvironment::check, Engines::speed,
                Graphics::check, Machine::memory, Machine::disk, Fonts::chinese));
        model.ifPresent(folder -> checks.add(() -> ModelNeeds.check(folder)));
        return checks.stream().map(Supplier::get).toList();
    }
}
