package io.weft.answering;

import io.weft.data.augment.AnsweringModel;
import io.weft.data.augment.AnsweringModels;
import io.weft.data.augment.ModelSource;
import io.weft.endpoint.AnswerLog;
import io.weft.endpoint.ChatClient;
import io.weft.endpoint.ChatListener;
import io.weft.endpoint.Endpoint;
import io.weft.loaded.LoadedModel;
import java.nio.file.Path;
import java.util.Map;

/** Opens the model that a recipe names: of a folder on this thread, or behind an address. */
public final class OpenedModels implements AnsweringModels {
    private final Map<String, String> environment;

    /** @param environment the variables of the process: keys and proxies */
    public OpenedModels(Map<String, String> environment) { this.environment = Map.copyOf(environment); }

    /** With the variables of this process. */
    public static OpenedModels here() { return new OpenedModels(System.getenv()); }

    @Override public AnsweringModel open(ModelSource source, Path log) {
        String model = source.model().orElseThrow();
        if (source.isRemote()) {
            Endpoint endpoint = Endpoint.of(source.endpoint().orElseThrow(), model, source.key().orElse(""),
                    environment);
            AnswerLog answers = AnswerLog.open(log);
            return new EndpointAnswers(ChatClient.of(endpoint, answers, environment, ChatListener.NONE), answers,
                    source);
        }
        LoadedModel loaded = LoadedModel.open(Path.of(model));
        try {
            return new FolderAnswers(loaded, AnswerLog.open(log), source);
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }
}
