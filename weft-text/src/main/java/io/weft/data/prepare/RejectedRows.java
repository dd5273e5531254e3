package io.weft.data.prepare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.read.Rejected;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** {@code rejected.jsonl}: the rows of all files that could not be used, each with its place and reason. */
final class RejectedRows implements Closeable {
    private static final int SHOWN = 50;
    private final DataFile file;
    private final UnaryOperator<String> hiding;
    private final List<Rejected> first = new ArrayList<>();
    private int count;

    /** @param hiding what may not stand in it, see {@link io.weft.data.mend.RowStep} */
    RejectedRows(Path path, UnaryOperator<String> hiding) throws IOException {
        file = new DataFile(path);
        this.hiding = hiding;
    }

    void add(Rejected rejected) throws IOException {
        Rejected row = new Rejected(rejected.place(), rejected.reason(), hiding.apply(rejected.detail()),
                hiding.apply(rejected.row()));
        count++;
        if (first.size() < SHOWN) {
            first.add(row);
        }
        ObjectNode line = RowSpool.JSON.createObjectNode().put("file", row.place().file())
                .put("line", row.place().line());
        if (row.place().row() > 0) {
            line.put("number", row.place().row());
        }
        file.write(RowSpool.JSON.writeValueAsBytes(line.put("reason", row.reason())
                .put("detail", row.detail()).put("row", row.row())));
    }

    int count() { return count; }

    /** The first of them. */
    List<Rejected> first() { return first; }

    DataFile.Seal finish() throws IOException { return file.finish(); }

    @Override public void close() throws IOException { file.close(); }
}
