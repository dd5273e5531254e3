/**
 * The one small layer through which files of a run are written: whole or not at all. Read {@link
 * io.weft.file.AtomicFile}. Imports only {@code io.weft.problem}; every package may import it.
 */
package io.weft.file;
