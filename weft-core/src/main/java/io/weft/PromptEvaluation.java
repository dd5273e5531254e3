package io.weft;

import io.weft.data.Conversation;
import io.weft.data.Sample;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.HeldOutRows;
import io.weft.file.Folders;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.nn.Adapters;
import io.weft.objective.Sft;
import io.weft.problem.UserError;
import io.weft.prompt.HeldOutTrial;
import io.weft.prompt.PromptTable;
import io.weft.run.RunFolder;
import io.weft.tensor.Scope;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.encode.HardPrompt;
import io.weft.train.TrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * What a text before every request changes: a run's result, or a model's folder, on the same held-out rows without it
 * and with it. The model answers as it is served.
 */
public final class PromptEvaluation {
    private PromptEvaluation() {}

    /**
     * @param source of a run, whose own held-out rows are taken; or of a folder  @param data for a folder: the file
     *     that is split as training splits it, a tenth held out by the usual seed
     * @param settings the rows and how answers are drawn; prompts are as long as the context allows
     * @throws UserError when there are no held-out rows of conversations, or the prompt leaves no room in the context
     */
    public static PromptTable of(ModelSource source, HardPrompt prompt, Optional<Path> data,
            EvaluationSettings settings, EvaluationRun.Listener listener) {
        if (source.run().isPresent() && data.isPresent()) {
            throw UserError.of(say("%s is a run and holds out rows of its own; leave --data out", source.path()));
        }
        return Scope.value(() -> {
            try (LoadedModel loaded = LoadedModel.open(source)) {
                loaded.notes().forEach(listener::note);
                loaded.behind(prompt);
                return source.run().isPresent() ? ofRun(loaded, source.run().get(), prompt, settings, listener)
                        : ofFile(loaded, prompt, data.orElseThrow(() -> UserError.of(say("%s is no run, so it holds "
                        + "out no rows; give a file with --data, of which a tenth is held out as in training",
                        source.path()))), settings, listener);
            }
        });
    }

    private static PromptTable ofRun(LoadedModel loaded, RunFolder run, HardPrompt prompt, EvaluationSettings settings,
            EvaluationRun.Listener listener) {
        return judged(loaded, PreparedData.open(run.data()), run.path(), prompt, settings, listener);
    }

    private static PromptTable ofFile(LoadedModel loaded, HardPrompt prompt, Path file, EvaluationSettings settings,
            EvaluationRun.Listener listener) {
        DataSettings usual = DataSettings.DEFAULTS.withTrain(file.toString());
        try {
            Path folder = Files.createTempDirectory("weft-prompt");
            try {
                return judged(loaded, Preparation.prepare(usual.withPrompt(loaded.wording().style()),
                        TrainSettings.DEFAULTS.seed(), folder, Conversation.class::equals), file, prompt, settings,
                        listener);
            } finally {
                Folders.delete(folder);
            }
        } catch (IOException e) {
            throw UserError.of(say("no folder for temporary files can be written (%s)", e.getMessage()), e);
        }
    }

    private static PromptTable judged(LoadedModel loaded, PreparedData data, Path of, HardPrompt prompt,
            EvaluationSettings settings, EvaluationRun.Listener listener) {
        if (data.kind() != Conversation.class) {
            throw UserError.of(say("%s: its rows are %s; a prompt is judged on rows that are asked something and "
                    + "answered", of, Sample.plural(data.kind())));
        }
        try (PreparedRows rows = data.heldOut()) {
            if (rows.isEmpty()) {
                throw UserError.of(say("%s held out no rows to judge by (data.heldOut: %s); train with "
                        + "data.heldOut=0.1", of, data.manifest().settings().heldOut()));
            }
            ConversationEncoder bare = loaded.wording().encoder().dropping(), behind = bare.behind(prompt);
            HeldOutTrial trial = HeldOutTrial.of(loaded.model(), Adapters.DEFAULT, loaded.generator(),
                    List.of(bare, behind), rows, settings.rows().orElse(rows.size()), Optional.of(settings.sampling()));
            if (trial.rows().isEmpty()) {
                throw UserError.of(say("no held-out row fits into the model's context behind the prompt; shorten it"));
            }
            listener.begins(say("without"), rows(trial));
            PromptTable.Column without = PromptTable.mean(PromptTable.WITHOUT,
                    List.of(trial.values(bare, listener::at)));
            listener.begins(say("with the prompt"), rows(trial));
            PromptTable.Column with = PromptTable.mean(PromptTable.PROMPT,
                    List.of(trial.values(behind, listener::at)));
            return new PromptTable(trial.rows().size(), trial.of(), trial.shortened(behind), List.of(without, with));
        }
    }

    private static HeldOutRows rows(HeldOutTrial trial) {
        return new HeldOutRows(new Sft(), List.of(), List.of(), trial.rows().size(), trial.of());
    }
}
