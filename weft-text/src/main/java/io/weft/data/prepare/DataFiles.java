package io.weft.data.prepare;

import io.weft.data.clean.FingerprintSet;
import io.weft.file.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The files of a data folder as they are written, each known by its length and hash. */
final class DataFiles {
    private final Path folder;
    private final RowColumns columns;
    private final Map<String, Manifest.Source> sealed = new TreeMap<>();

    /** @param columns of both files of rows */
    DataFiles(Path folder, RowColumns columns) {
        this.folder = folder;
        this.columns = columns;
    }

    RowColumns columns() { return columns; }

    /** What is finished, by name. */
    Map<String, Manifest.Source> sealed() { return sealed; }

    /** Writes both files of rows. @return how many held-out rows ask what a training row asks too */
    int write(RowSpool train, int[] trainRows, RowSpool held, int[] heldOutRows) throws IOException {
        copy(train, trainRows, PreparedData.TRAIN);
        copy(held, heldOutRows, PreparedData.HELD_OUT);
        FingerprintSet trained = new FingerprintSet();
        for (int row : trainRows) {
            trained.add(train.asked(row));
        }
        int alsoTrained = 0;
        for (int row : heldOutRows) {
            alsoTrained += trained.contains(held.asked(row)) ? 1 : 0;
        }
        return alsoTrained;
    }

    /** Rows in their order, and beside them where each stands in the user's file. */
    private void copy(RowSpool from, int[] rows, String name) throws IOException {
        Path path = folder.resolve(name);
        try (var file = new DataFile(path); var places = new DataFile(PlacesFile.beside(path))) {
            for (int row : rows) {
                from.copy(row, columns, file, places);
            }
            seal(name, file.finish());
            places.finish();
        }
    }

    /** Names the training rows that a step made; no file where there are none. */
    void writeMade(TrainingList list, int[] trainRows) throws IOException {
        DataFile file = null;
        try {
            for (int row = 0; row < trainRows.length; row++) {
                var made = list.made(trainRows[row]);
                if (made.isPresent()) {
                    file = file == null ? new DataFile(folder.resolve(PreparedData.MADE)) : file;
                    file.write(RowSpool.JSON.writeValueAsBytes(RowSpool.JSON.createObjectNode()
                            .put("formatVersion", MendLog.FORMAT_VERSION).put("row", row + 1)
                            .put("step", made.get().step()).put("what", made.get().what())));
                }
            }
            if (file != null) {
                seal(PreparedData.MADE, file.finish());
            }
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    void seal(String name, DataFile.Seal seal) { sealed.put(name, Manifest.Source.of(name, seal)); }

    void writeManifest(Manifest manifest) { AtomicFile.write(folder.resolve(Manifest.NAME), manifest.json() + "\n"); }
}
