package io.weft.data.prepare;

import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.VisitOrder;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.List;

/**
 * The data of a run, read back from its {@code data/} folder: the rows in the order in which they were written, which
 * {@link VisitOrder} numbers.
 */
public final class PreparedData {
    /** Files of a data folder. */
    public static final String TRAIN = "train.jsonl", HELD_OUT = "heldout.jsonl", REJECTED = "rejected.jsonl",
            REPORT = "report.html", MENDED = "mended.jsonl", MADE = "train.jsonl.made";
    /** The flag of rows that contradict each other and that decisions leave open. */
    public static final String UNDECIDED = "undecided";
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
                .orElseThrow(() -> PreparedRows.damaged(folder.resolve(Manifest.NAME),
                "columns: " + manifest.columns()));
    }

    /** The training rows. @throws UserError when the file is not, byte for byte, the one that was prepared */
    public PreparedRows train() { return rows(TRAIN, manifest.sources()); }

    /**
     * The held-out rows; empty when nothing was held out.
     *
     * @throws UserError when the file is not, byte for byte, the one that was prepared
     */
    public PreparedRows heldOut() {
            return rows(HELD_OUT, manifest.heldOutSource().map(List::of).orElse(manifest.sources())); }

    private PreparedRows rows(String name, List<Manifest.Source> sources) {
        Manifest.Source expected = manifest.files().get(name);
        if (expected == null) {
            throw PreparedRows.damaged(folder.resolve(Manifest.NAME), "files: " + manifest.files().keySet());
        }
        return PreparedRows.open(folder.resolve(name), columns(), expected,
                sources.stream().map(Manifest.Source::file).toList());
    }
}
