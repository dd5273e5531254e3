package io.weft.app.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Looks at files by the second and says when one is another than before, by its time, size and identity: links that a
 * deployment turns to a new file count, too.
 */
final class ChangedFiles implements AutoCloseable {
    private final Map<Path, String> seen = new LinkedHashMap<>();
    private final List<Watch> watches;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "weft-files");
        thread.setDaemon(true);
        return thread;
    });

    /** @param whenChanged called on the watching thread; must not throw */
    record Watch(List<Path> files, Runnable whenChanged) {}

    ChangedFiles(List<Watch> watches, Duration every) {
        this.watches = watches;
        watches.stream().flatMap(watch -> watch.files.stream()).forEach(file -> seen.put(file, state(file)));
        if (!seen.isEmpty()) {
            timer.scheduleWithFixedDelay(this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        for (Watch watch : watches) {
            List<Path> changed = watch.files.stream().filter(file -> !state(file).equals(seen.get(file)))
                    .collect(Collectors.toList());
            if (!changed.isEmpty()) {
                // before it is read: what is written meanwhile is another change
                changed.forEach(file -> seen.put(file, state(file)));
                watch.whenChanged.run();
            }
        }
    }

    private static String state(Path file) {
        try {
            BasicFileAttributes about = Files.readAttributes(file, BasicFileAttributes.class);
            return about.lastModifiedTime() + " " + about.size() + " " + about.fileKey();
        } catch (IOException e) {
            return "none";
        }
    }

    @Override public void close() { timer.shutdownNow(); }
}
