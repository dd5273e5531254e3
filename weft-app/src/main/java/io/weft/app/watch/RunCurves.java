package io.weft.app.watch;

import io.weft.run.EventLog;
import io.weft.run.RunEvent;
import io.weft.run.RunFolder;
import io.weft.run.RunListener;
import java.io.Closeable;

/** Leaves a run's curves in its folder: TensorBoard's file while it trains, and the chart when it ends. */
public final class RunCurves implements RunListener, Closeable {
    private final RunFolder folder;
    private TensorBoardWriter tensorBoard;

    public RunCurves(RunFolder folder) { this.folder = folder; }

    @Override public void on(RunEvent event) {
        if (tensorBoard == null) {
            // The event log holds this event and those before it by now: whoever listens is told after the log.
            tensorBoard = TensorBoardWriter.open(folder.make(folder.tensorBoard()), EventLog.read(folder.events()));
        } else {
            tensorBoard.on(event);
        }
        if (event instanceof RunEvent.Finished) {
            MetricsChart.write(folder.chart(), EventLog.events(folder.events()));
        }
    }

    @Override public void close() {
        if (tensorBoard != null) {
            tensorBoard.close();
        }
    }
}
