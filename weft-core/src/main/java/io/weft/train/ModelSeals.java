package io.weft.train;

import io.weft.model.folder.FolderSeal;
import io.weft.model.folder.ModelFolder;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The contents of every folder of weights that decides about a run's numbers.
 *
 * @param base   of the folder that is tuned
 * @param beside of those that the objective learns from, by the setting that names them
 */
public record ModelSeals(FolderSeal base, Map<String, FolderSeal> beside) {
    /** Of nothing, by which every file is read. */
    public static final ModelSeals NONE = new ModelSeals(new FolderSeal(Map.of()), Map.of());

    public ModelSeals { beside = new TreeMap<>(beside); }

    /**
     * @param beside folders by the setting that names them
     * @param known  earlier seals, whose sums of files that did not change since are taken
     */
    public static ModelSeals of(ModelFolder base, Map<String, Path> beside, ModelSeals known) {
        Map<String, FolderSeal> others = new TreeMap<>();
        beside.forEach((setting, folder) -> others.put(setting,
                ModelFolder.open(folder).seal(known.beside.getOrDefault(setting, NONE.base))));
        return new ModelSeals(base.seal(known.base), others);
    }
}
