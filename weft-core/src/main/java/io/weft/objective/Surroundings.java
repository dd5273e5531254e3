package io.weft.objective;

import io.weft.model.folder.ModelFolder;
import io.weft.token.encode.PromptFormat;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run lends its objective, see {@link Objective#within}.
 *
 * @param base          what is tuned, or judged
 * @param wording       how the model is asked
 * @param contextLength most tokens of a prompt and its answer together
 * @param seed          of the run
 * @param log           where to leave the answers of the steps, nowhere where nothing is trained
 */
public record Surroundings(ModelFolder base, PromptFormat wording, int contextLength, long seed, Optional<Log> log) {
    /**
     * @param file   for the answers that are made  @param steps of the whole run  @param rows of one step
     * @param done   steps that are made already
     */
    public record Log(Path file, int steps, int rows, int done) {}
}
