package io.weft.data.read;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

import static io.weft.problem.Language.say;

/** Why a file cannot be read or written, in words: Java's messages are at times the bare path. */
public final class DiskError {
    private DiskError() {}

    public static String of(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return say("%s may not be opened (permissions)", denied.getFile());
        }
        if (e instanceof FileSystemException trouble && trouble.getReason() == null) {
            return trouble.getFile() + " (" + e.getClass().getSimpleName() + ")";
        }
        return String.valueOf(e.getMessage());
    }
}
