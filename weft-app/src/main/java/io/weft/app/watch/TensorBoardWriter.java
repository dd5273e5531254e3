package io.weft.app.watch;

import io.weft.file.AtomicFile;
import io.weft.run.EventLog;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunListener;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/**
 * Writes a run's curves where TensorBoard looks for them: {@code train/loss}, {@code train/grad_norm}, {@code
 * train/learning_rate}, {@code perf/tokens_per_second} and what the objective measured, such as {@code
 * train/rewards/margins}, for each step, {@code eval/loss} and the like for each evaluation, each readable at once. A
 * resumed run's file is written anew from the event log, because TensorBoard would show a step twice that was done
 * twice.
 */
public final class TensorBoardWriter implements RunListener, Closeable {
    private final Path file;
    private final FileChannel channel;

    private TensorBoardWriter(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
    }

    /**
     * Opens a new event file in the folder, removing those that this program wrote there before.
     * @param before what happened so far: the event log's lines when a run is resumed, none for a fresh run
     */
    public static TensorBoardWriter open(Path folder, List<EventLog.Line> before) {
        try {
            Files.createDirectories(folder);
            try (DirectoryStream<Path> older = Files.newDirectoryStream(folder, "events.out.tfevents.*.weft.*")) {
                for (Path file : older) {
                    Files.delete(file);
                }
            }
            Instant now = Instant.now();
            var writer = new TensorBoardWriter(folder.resolve("events.out.tfevents." + now.getEpochSecond() + ".weft."
                    + ProcessHandle.current().pid()));
            writer.append(TensorBoardRecord.fileVersion(now));
            before.forEach(line -> writer.write(line.event(), line.at()));
            return writer;
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(folder, e);
        }
    }

    @Override public void on(RunEvent event) { write(event, Instant.now()); }

    private void write(RunEvent event, Instant at) {
        if (event instanceof StepDone done) {
            scalar("train/loss", done.loss(), done.step(), at);
            scalar("train/grad_norm", done.gradientNorm(), done.step(), at);
            scalar("train/learning_rate", done.learningRate(), done.step(), at);
            scalar("perf/tokens_per_second", Speed.tokensPerSecond(done), done.step(), at);
            done.metrics().forEach((name, value) -> scalar("train/" + name, value, done.step(), at));
        } else if (event instanceof Evaluated evaluated) {
            scalar("eval/loss", evaluated.loss(), evaluated.step(), at);
            evaluated.metrics().forEach((name, value) -> scalar("eval/" + name, value, evaluated.step(), at));
        }
    }

    private void scalar(String tag, double value, int step, Instant at) {
        append(TensorBoardRecord.scalar(tag, (float) value, step, at));
    }

    private void append(ByteBuffer bytes) {
        try {
            AtomicFile.writeFully(channel, bytes);
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    @Override public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }
}
