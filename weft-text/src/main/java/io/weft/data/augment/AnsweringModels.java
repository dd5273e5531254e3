package io.weft.data.augment;

import io.weft.problem.UserError;
import java.nio.file.Path;

import static io.weft.problem.Language.say;

/** Opens models that answer; given by whoever can run or reach one. */
@FunctionalInterface
public interface AnsweringModels {
    /** Where there are none. */
    AnsweringModels NONE = (model, log) -> {
        throw UserError.of(say("data.mend.augment.by: %s needs a model, and none can be asked here; use by: rules",
                model.isRemote() ? "endpoint" : "model"));
    };

    /**
     * @param model which one  @param log of its answers, which is begun where there is none
     * @throws UserError when it cannot be opened
     */
    AnsweringModel open(ModelSource model, Path log);
}
