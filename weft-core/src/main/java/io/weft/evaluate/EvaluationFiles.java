package io.weft.evaluate;

import io.weft.run.RunFolder;
import java.nio.file.Files;
import java.util.Optional;

/** The files of an evaluation, in the run's evaluation folder. */
public final class EvaluationFiles {
    private EvaluationFiles() {}

    /**
     * Writes scores.json, samples.jsonl and report.html, each whole or not at all. The report holds the run's chart
     * when there is one.
     */
    public static void write(Comparison comparison, RunFolder run) {
        var folder = run.make(run.evaluation());
        SamplesFile.write(folder.resolve(Comparison.SAMPLES), comparison);
        String title = run.path().toAbsolutePath().normalize().getFileName().toString();
        ReportPage.write(folder.resolve(Comparison.REPORT), comparison, title, Files.isRegularFile(run.chart())
                ? Optional.of(run.chart()) : Optional.empty());
        ScoresFile.write(folder.resolve(Comparison.SCORES), comparison);
    }
}
