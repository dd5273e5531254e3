package io.weft.data.check.report;

import io.weft.data.check.Inspection;
import io.weft.data.check.TokenFigures;
import io.weft.data.check.rule.Checks;
import io.weft.data.prepare.PreparedData;
import io.weft.file.AtomicFile;
import java.util.Optional;

/** Checks prepared data by every check there is, and leaves the two reports beside the rows. */
public final class DataCheck {
    /** The report for scripts; the one for readers is {@link PreparedData#REPORT}. */
    public static final String JSON = "report.json";

    private DataCheck() {}

    /**
     * Looks at every row, and writes what it says anew.
     *
     * @param tokens what became of the rows in a model's tokens, where a model is known
     * @throws io.weft.problem.UserError when the rows are not those that were prepared, or the disk takes no more
     */
    public static Inspection of(PreparedData data, Optional<TokenFigures> tokens) {
        Inspection inspection = Inspection.of(data, Checks.all(), tokens);
        AtomicFile.write(data.folder().resolve(JSON), JsonReport.text(inspection) + "\n");
        AtomicFile.write(data.folder().resolve(PreparedData.REPORT), new HtmlReport(inspection).text() + "\n");
        return inspection;
    }
}
