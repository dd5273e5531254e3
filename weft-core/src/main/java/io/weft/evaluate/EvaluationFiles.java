package io.weft.evaluate;

import io.weft.problem.UserError;
import io.weft.rating.RatedReport;
import io.weft.run.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** The files of an evaluation: in the run's evaluation folder, or where several models are judged in one of theirs. */
public final class EvaluationFiles {
    private EvaluationFiles() {}

    /**
     * Writes scores.json, samples.jsonl and report.html, each whole or not at all. The report holds the run's chart
     * when there is one, and what raters said of these very answers before.
     */
    public static void write(Comparison comparison, RunFolder run) {
        write(comparison, run.make(run.evaluation()), run.path().toAbsolutePath().normalize().getFileName().toString(),
                Files.isRegularFile(run.chart()) ? Optional.of(run.chart()) : Optional.empty());
    }

    /** @param title of the report  @param chart a PNG file to hold in it */
    public static void write(Comparison comparison, Path folder, String title, Optional<Path> chart) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be made or written (%s); choose another --out", folder, e.getMessage()),
                    e);
        }
        SamplesFile.write(folder.resolve(Comparison.SAMPLES), comparison);
        ReportPage.write(folder.resolve(Comparison.REPORT), comparison, title, chart);
        ScoresFile.write(folder.resolve(Comparison.SCORES), comparison);
        RatedReport.refresh(folder);
    }

    /** @throws UserError when a folder holds other things than an evaluation */
    public static void requireOwn(Path folder) {
        if (Files.isDirectory(folder) && !Files.isRegularFile(folder.resolve(Comparison.SCORES))) {
            try (var entries = Files.list(folder)) {
                if (entries.findAny().isPresent()) {
                    throw UserError.of(say("%s is not empty and holds no evaluation; choose another --out", folder));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
