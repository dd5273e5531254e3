package io.weft.hub;

/**
 * A file that a repository holds.
 *
 * @param path with slashes, checked to stay inside a folder
 * @param size bytes, as the listing says
 */
public record HubFile(String path, long size) {
    String name() { return path.substring(path.lastIndexOf('/') + 1); }

    boolean atTop() { return path.indexOf('/') < 0; }
}
