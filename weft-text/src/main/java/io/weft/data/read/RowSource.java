package io.weft.data.read;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * A file's rows in one of its layouts, one after the other. A mistake that ends the reading is a UserError; one that
 * spoils a single row is that row's outcome.
 */
interface RowSource extends Closeable {
    /** The next row; empty at the end. @param number of the row, from 0 */
    Optional<Outcome<Row>> next(int number) throws IOException;
}
