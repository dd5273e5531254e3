/**
 * A run before the eyes: what is said before and after it, progress on the terminal, TensorBoard, the four-panel chart.
 * Read {@link io.weft.app.watch.TrainingJob}, {@link io.weft.app.watch.ConsoleProgress} and {@link
 * io.weft.app.watch.MetricsChart} first. Knows no command.
 */
package io.weft.app.watch;
