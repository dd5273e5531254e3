package io.weft.loaded;

import io.weft.model.folder.ModelFolder;
import io.weft.run.RunEvent.Warned;
import java.util.ArrayList;
import java.util.List;

/** What a model folder's files say and Weft does not do: told before the model trains or answers. */
public final class FolderNotes {
    private FolderNotes() {}

    /** None where every key is computed with or known to change nothing. */
    public static List<Warned> of(ModelFolder folder) {
        List<Warned> notes = new ArrayList<>();
        if (!folder.unknownKeys().isEmpty()) {
            notes.add(Warned.of(0, "config.unknown", folder.config().file(), String.join(", ", folder.unknownKeys())));
        }
        if (!folder.unusedGeneration().isEmpty()) {
            notes.add(Warned.of(0, "generation.unused", folder.texts().generation().resolve("generation_config.json"),
                    String.join(", ", folder.unusedGeneration())));
        }
        List<String> ragged = folder.raggedLinears();
        if (!ragged.isEmpty()) {
            notes.add(Warned.of(0, "nf4.ragged", folder.path(), ragged.size(), ragged.get(0)));
        }
        return notes;
    }
}
