package io.weft.model.folder;

import java.nio.file.Path;

/**
 * The folders that hold what goes between texts and ids: one for a model by itself, perhaps others where an adapter
 * brings its own files.
 *
 * @param tokenizer  of the tokenizer's files   @param template of the chat template
 * @param generation of generation_config.json   @param licences of those that go with the model's own
 */
public record TextFiles(Path tokenizer, Path template, Path generation, Path licences) {
    /** All in one folder. */
    public static TextFiles in(Path folder) { return new TextFiles(folder, folder, folder, folder); }
}
