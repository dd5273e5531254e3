package io.weft.app.option;

import io.weft.app.terminal.Streams;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.loaded.ServedWeights;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the base of an adapter is, alike in every command that opens one. */
public final class BaseOption {
    @Option(names = "--base", paramLabel = "DIR", descriptionKey = "base") private Path base;

    public Optional<Path> folder() { return Optional.ofNullable(base); }

    /** Opens a model and says which files it is made of, where its name leaves that open. */
    public LoadedModel open(Path named, Streams streams) { return open(ModelSource.of(named, folder()), streams); }

    /** The same of one that generates, refused before its weights are read where it does not. */
    public LoadedModel openGenerating(Path named, Streams streams) {
        return open(ModelSource.of(named, folder()).generating(), streams);
    }

    public static LoadedModel open(ModelSource source, Streams streams) {
        return open(source, ServedWeights.FP32, streams);
    }

    /** @param weights what its matrices are kept in */
    public static LoadedModel open(ModelSource source, ServedWeights weights, Streams streams) {
        LoadedModel loaded = LoadedModel.open(source, weights);
        loaded.notes().forEach(streams.err()::println);
        return loaded;
    }
}
