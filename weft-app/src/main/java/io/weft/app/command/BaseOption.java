package io.weft.app.command;

import io.weft.LoadedModel;
import io.weft.ModelSource;
import io.weft.app.terminal.Streams;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the base of an adapter is, alike in every command that opens one. */
final class BaseOption {
    @Option(names = "--base", paramLabel = "DIR", descriptionKey = "base") private Path base;

    Optional<Path> folder() { return Optional.ofNullable(base); }

    /** Opens a model and says which files it is made of, where its name leaves that open. */
    LoadedModel open(Path named, Streams streams) { return open(ModelSource.of(named, folder()), streams); }

    /** The same of one that generates, refused before its weights are read where it does not. */
    LoadedModel openGenerating(Path named, Streams streams) {
        return open(ModelSource.of(named, folder()).generating(), streams);
    }

    static LoadedModel open(ModelSource source, Streams streams) {
        LoadedModel loaded = LoadedModel.open(source);
        loaded.notes().forEach(streams.err()::println);
        return loaded;
    }
}
