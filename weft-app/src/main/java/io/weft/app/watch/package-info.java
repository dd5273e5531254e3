/**
 * A run before the eyes: progress on the terminal, TensorBoard, the four-panel chart. Read
 * {@link io.weft.app.watch.ConsoleProgress} and {@link io.weft.app.watch.MetricsChart} first.
 */
package io.weft.app.watch;
