package io.weft.data.read;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;

/**
 * A file's rows in one of its layouts, one after the other. A mistake that ends the reading is a UserError; one that
 * spoils a single row is told to the sink.
 */
interface RowSource extends Closeable {
    /** Gives the next row to the sink. @return false at the end */
    boolean next(Sink sink) throws IOException;

    interface Sink {
        void row(int line, ObjectNode fields);

        void bad(int line, String reason, String detail, String text);
    }
}
