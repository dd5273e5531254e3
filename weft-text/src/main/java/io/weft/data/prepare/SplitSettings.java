package io.weft.data.prepare;

import io.weft.data.mend.RowGroups;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.HeldOutRows;
import java.util.Set;
import java.util.TreeSet;

import static io.weft.problem.Translatable.text;

/**
 * Which rows are held out: settings of {@code data:}.
 *
 * @param heldOut    a share of the rows, a number of rows, or a file of its own (see {@link HeldOut})
 */
public record SplitSettings(String heldOut) {
    public static final SplitSettings DEFAULTS = new SplitSettings("0.1");
    static final Section<SplitSettings> SECTION = Section.within("split", DEFAULTS,
            Setting.of("heldOut", new HeldOutRows(),
                    text("rows kept for evaluation: a share of them, a number of them, or a file")));

    public SplitSettings withHeldOut(String other) { return new SplitSettings(other); }

    /** What rows are grouped by for it, see {@link RowGroups}. */
    Set<String> groupedBy() { return new TreeSet<>(); }
}
