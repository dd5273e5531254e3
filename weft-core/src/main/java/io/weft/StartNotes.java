package io.weft;

import io.weft.data.prepare.DataSettings;
import io.weft.loaded.FolderNotes;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.recipe.Recipe;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvent;
import io.weft.tensor.Engine;
import io.weft.token.encode.BorderCounts;
import io.weft.token.encode.EncodeReport;
import io.weft.token.encode.PromptFormat;
import io.weft.token.encode.SetAside;
import io.weft.train.ComputeSettings;
import io.weft.train.Precision;
import io.weft.train.ProductRates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a user should know before the first step of a new run: what its model, its files and its rows cost or lack.
 *
 * @param rates of products on this CPU, where they decided about the precision
 * @param rows  how they became ids
 * @param aside the first row that became no example, where there is one
 * @param data  the run's folder of rows
 */
record StartNotes(Recipe recipe, Optional<ProductRates> rates, ModelFolder base, CausalLm model,
        PromptFormat wording, EncodeReport rows, Optional<SetAside> aside, Path data) {
    /** In the order in which they are told. */
    List<RunEvent> events() {
        List<RunEvent> notes = new ArrayList<>();
        if (base.isNarrow()) {
            notes.add(Warned.of(0, "weights.nf4", base.quantisedBytes() >> 20, base.wideBytes() >> 20));
        } else if (model.isUpcast()) {
            notes.add(Warned.of(0, "weights.mapped", base.residentBytes() >> 20, Engine.memory() >> 20));
        }
        recipe.presetNote().ifPresent(notes::add);
        int length = recipe.data().maxLength();
        if (length < DataSettings.DEFAULTS.maxLength() && length == base.config().contextLength().orElse(0)) {
            notes.add(Warned.of(0, "length.context", length));
        }
        notes.addAll(FolderNotes.of(base));
        wording.tokenizer().notes().forEach(note -> notes.add(Warned.of(0, "note", note.parts().toArray())));
        addRows(notes);
        addPrecision(notes);
        return notes;
    }

    /** What the precision was decided by, or what it costs as it was asked for. */
    private void addPrecision(List<RunEvent> notes) {
        ComputeSettings compute = recipe.train().compute();
        if (compute.precision().isDenied()) {
            notes.add(Warned.of(0, model.device().isCpu() ? "precision.cpu" : "precision.scale",
                    compute.precision().word()));
        } else if (compute.precision() == Precision.BF16 && model.device().isCpu()) {
            boolean faster = rates.isPresent() || ProductRates.matterFor(model)
                    && ProductRates.of(model, ProductRates.USUAL_TOKENS).favourBf16();
            // without figures: the log of a run that is done again says the same
            rates.ifPresent(chosen -> notes.add(Warned.of(0, "precision.chosen")));
            if (!faster) {
                notes.add(Warned.of(0, "precision.slower"));
            }
        }
    }

    /** What the way in which rows became ids costs. */
    private void addRows(List<RunEvent> notes) {
        if (rows.setAside() > 0) {
            notes.add(Warned.of(0, "rows.setAside", rows.setAside(), aside.map(SetAside::toString).orElse(""),
                    data.toString()));
        }
        BorderCounts borders = rows.borders();
        if (borders.joined() > 0) {
            notes.add(Warned.of(0, "border.joined", borders.joined()));
        }
        if (borders.skipped() > 0) {
            notes.add(Warned.of(0, "border.skipped", borders.skipped()));
        }
        if (wording.encoder().ending().isNone()) {
            notes.add(Warned.of(0, "ending.none"));
        }
    }
}
