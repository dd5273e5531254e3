package io.weft.hub;

import java.time.Duration;

/** Hears how a pull goes on. Called on the thread that pulls. */
public interface HubListener {
    /** Hears nothing. */
    HubListener SILENT = progress -> { };

    /** After each piece that arrived, several times a second on a fast line. */
    void progress(Progress progress);

    /** Before waiting to try again. @param what the file or listing   @param reason what went wrong, fit to print */
    default void retrying(String what, String reason, Duration wait) { }

    /** Before waiting for another process that fetches the same file into the same cache. */
    default void waitingForAnother(String file) { }

    /**
     * How far a pull is.
     *
     * @param file the file in work
     * @param done its bytes on disk
     * @param size its bytes in all
     * @param allDone bytes of all files that were missing, on disk by now
     * @param allSize bytes of all files that were missing
     */
    record Progress(String file, long done, long size, long allDone, long allSize) { }
}
