package io.weft.data.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.VisitOrder;
import io.weft.data.read.Lines;
import io.weft.data.read.Utf8Reader;
import io.weft.file.Sha256;
import io.weft.problem.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * The data of a run, read back from its {@code data/} folder: the rows in the order in which they were written, which
 * {@link VisitOrder} numbers.
 */
public final class PreparedData {
    /** Files of a data folder. */
    public static final String TRAIN = "train.jsonl", HELD_OUT = "heldout.jsonl", REJECTED = "rejected.jsonl",
            REPORT = "report.html";
    private final Path folder;
    private final Manifest manifest;

    private PreparedData(Path folder, Manifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    /**
     * @param folder a run's data folder
     * @throws UserError when nothing was prepared there, by a newer Weft, or the manifest is damaged
     */
    public static PreparedData open(Path folder) { return new PreparedData(folder, Manifest.read(folder)); }

    public Manifest manifest() { return manifest; }

    public Path folder() { return folder; }

    /** How the prompts in the files were built, and how serving is to build them. */
    public PromptStyle promptStyle() { return manifest.settings().prompt().orElseThrow(); }

    /** What each row is. */
    public Class<? extends Sample> kind() { return columns().kind(); }

    private RowColumns columns() {
        return RowColumns.named(manifest.columns())
                .orElseThrow(() -> damaged(folder.resolve(Manifest.NAME), "columns: " + manifest.columns()));
    }

    /** The training rows. @throws UserError when the file is not, byte for byte, the one that was prepared */
    public List<Sample> train() { return read(TRAIN); }

    /**
     * The held-out rows; empty when nothing was held out.
     *
     * @throws UserError when the file is not, byte for byte, the one that was prepared
     */
    public List<Sample> heldOut() { return read(HELD_OUT); }

    private List<Sample> read(String name) {
        Path file = folder.resolve(name);
        Manifest.Source expected = manifest.files().get(name);
        try {
            long bytes = Files.size(file);
            String sha256 = Sha256.of(file);
            if (expected == null || !sha256.equals(expected.sha256())) {
                throw UserError.of(say("%s is not the file that was prepared (%d bytes, SHA-256 %.12s…, expected %d "
                        + "bytes, %.12s…); prepare the data again", file, bytes, sha256,
                        expected == null ? 0 : expected.bytes(), expected == null ? "none" : expected.sha256()));
            }
            return rows(file);
        } catch (NoSuchFileException e) {
            throw UserError.of(say("%s: no such file; prepare the data again", file), e);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw damaged(file, e.getMessage());
        } catch (IOException e) {
            throw Utf8Reader.unreadable(file.toString(), e);
        }
    }

    private List<Sample> rows(Path file) throws IOException {
        RowColumns columns = columns();
        List<Sample> rows = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file); var lines = new Lines(in, Integer.MAX_VALUE)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                rows.add(columns.read(RowSpool.JSON.readTree(line), new Place(file.toString(), lines.number())));
            }
        }
        return rows;
    }

    private static UserError damaged(Path file, String found) {
        return UserError.of(say("%s is damaged (%s); prepare the data again", file, found));
    }
}
