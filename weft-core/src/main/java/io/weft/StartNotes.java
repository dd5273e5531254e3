package io.weft;

import io.weft.data.prepare.DataSettings;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Warned;
import io.weft.tensor.Engine;
import io.weft.token.encode.BorderCounts;
import io.weft.token.encode.EncodeReport;
import io.weft.token.encode.SetAside;
import io.weft.train.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a user should know before the first step of a new run: what its model, its files and its rows cost or lack. */
final class StartNotes {
    private StartNotes() {}

    /** @param aside the first row that became no example, where there is one */
    static List<RunEvent> of(TrainingRun run, Optional<SetAside> aside) {
        List<RunEvent> notes = new ArrayList<>();
        if (run.model().isUpcast()) {
            notes.add(Warned.of(0, "weights.mapped", run.base().residentBytes() >> 20, Engine.memory() >> 20));
        }
        run.recipe().presetNote().ifPresent(notes::add);
        int length = run.recipe().data().maxLength();
        if (length < DataSettings.DEFAULTS.maxLength() && length == run.base().config().contextLength().orElse(0)) {
            notes.add(Warned.of(0, "length.context", length));
        }
        notes.addAll(FolderNotes.of(run.base()));
        run.wording().tokenizer().notes().forEach(note -> notes.add(Warned.of(0, "note", note.parts().toArray())));
        addRows(notes, run, aside);
        Precision precision = run.recipe().train().compute().precision();
        if (precision.isDenied(run.model().device())) {
            notes.add(Warned.of(0, run.model().device().isCpu() ? "precision.cpu" : "precision.scale",
                    precision.word()));
        }
        return notes;
    }

    /** What the way in which rows became ids costs. */
    private static void addRows(List<RunEvent> notes, TrainingRun run, Optional<SetAside> aside) {
        EncodeReport rows = run.encoded();
        if (rows.setAside() > 0) {
            notes.add(Warned.of(0, "rows.setAside", rows.setAside(), aside.map(SetAside::toString).orElse(""),
                    run.folder().data().toString()));
        }
        BorderCounts borders = rows.borders();
        if (borders.joined() > 0) {
            notes.add(Warned.of(0, "border.joined", borders.joined()));
        }
        if (borders.skipped() > 0) {
            notes.add(Warned.of(0, "border.skipped", borders.skipped()));
        }
        if (run.wording().encoder().ending().isNone()) {
            notes.add(Warned.of(0, "ending.none"));
        }
    }
}
