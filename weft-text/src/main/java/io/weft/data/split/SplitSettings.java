package io.weft.data.split;

import io.weft.data.mend.RowGroups;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.File;
import io.weft.settings.Values.HeldOutRows;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Which rows are held out: settings of {@code data:}.
 *
 * @param heldOut    a share of the rows, a number of rows, or a file of its own (see {@link HeldOut})
 * @param groupBy    rows with one value of it stay on one side: "prompt", "label" or a field, see {@link RowGroups}
 * @param stratifyBy each value of it gets its share of the held-out rows
 */
public record SplitSettings(String heldOut, Optional<String> groupBy, Optional<String> stratifyBy) {
    public static final SplitSettings DEFAULTS = new SplitSettings("0.1", Optional.empty(), Optional.empty());
    public static final Section<SplitSettings> SECTION = Section.within("split", DEFAULTS,
            Setting.of("heldOut", new HeldOutRows(),
                    text("rows kept for evaluation: a share of them, a number of them, or a file")),
            Setting.of("groupBy", new File(text("prompt, label or the name of a field")),
                    text("rows with the same prompt, or the same value of a field, are all trained on or all held "
                    + "out")).optional("prompt", text("each row by itself")),
            Setting.of("stratifyBy", new File(text("label, prompt or the name of a field")),
                    text("each label, or value of a field, has its share of the held-out rows"))
                    .optional("label", text("as it is drawn")));

    public SplitSettings withHeldOut(String other) { return new SplitSettings(other, groupBy, stratifyBy); }

    public SplitSettings withGroupBy(String by) { return new SplitSettings(heldOut, Optional.of(by), stratifyBy); }

    public SplitSettings withStratifyBy(String by) { return new SplitSettings(heldOut, groupBy, Optional.of(by)); }

    /** What rows are grouped by for it. */
    public Set<String> groupedBy() {
        Set<String> all = new TreeSet<>();
        groupBy.ifPresent(all::add);
        stratifyBy.ifPresent(all::add);
        return all;
    }

    public boolean isUsual() { return groupBy.isEmpty() && stratifyBy.isEmpty(); }

    /** Adds what is wrong with the settings together. */
    public void check(Problems problems) {
        if (isUsual()) {
            return;
        }
        String key = groupBy.isPresent() ? "data.groupBy" : "data.stratifyBy";
        if (groupBy.equals(stratifyBy)) {
            problems.add(say("data.stratifyBy: '%s' is what rows are grouped by too, and a group is never divided; "
                    + "leave one of the two out", stratifyBy.orElseThrow()));
        }
        try {
            if (HeldOut.of(heldOut).count(1_000) == 0) {
                problems.add(say("%s: no row is drawn to be held out (data.heldOut: %s), so there is nothing to "
                        + "divide; leave it out, or give a share of the rows", key, heldOut));
            }
        } catch (UserError e) {
            return; // which the bounds of heldOut tell
        }
    }
}
