package io.weft.data.mend;

import io.weft.data.Conversation;
import io.weft.data.Excerpt;
import io.weft.data.IntList;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Sample;
import io.weft.data.clean.Fingerprint;
import io.weft.data.clean.FingerprintSet;
import io.weft.data.clean.Kept;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which rows belong together: those with one prompt, one label, or one value of a field. Holds some 30 bytes a row and
 * the names of the first groups.
 */
public final class RowGroups {
    /** What rows may be grouped by beside fields. */
    public static final String PROMPT = "prompt", LABEL = "label";
    /** Of a row that has no value. */
    public static final int NONE = -1;
    private static final int NAMED = 1_000;
    private final String by;
    private final FingerprintSet values = new FingerprintSet();
    private final IntList groups = new IntList();
    private final List<String> names = new ArrayList<>();
    private int without;

    public RowGroups(String by) { this.by = by; }

    /** "prompt", "label" or the name of a field. */
    public String by() { return by; }

    /** The next row. */
    public void add(Kept kept) {
        add(by.equals(PROMPT) || by.equals(LABEL) ? of(kept.sample()) : Optional.ofNullable(kept.fields().get(by)));
    }

    /** The next row, which was made from another: its own prompt or label, the other's field. */
    public void add(Sample sample, int from) {
        if (by.equals(PROMPT) || by.equals(LABEL)) {
            add(of(sample));
        } else {
            groups.add(groups.get(from));
        }
    }

    /** A row that was changed. */
    public void change(int row, Sample to) {
        if (by.equals(PROMPT) || by.equals(LABEL)) {
            groups.set(row, number(of(to)));
        }
    }

    private void add(Optional<String> value) {
        int group = number(value);
        without += group == NONE ? 1 : 0;
        groups.add(group);
    }

    private int number(Optional<String> value) {
        if (value.isEmpty()) {
            return NONE;
        }
        int group = values.add(Fingerprint.of(value.get()));
        if (group == names.size() && group < NAMED) {
            names.add(Excerpt.of(value.get()));
        }
        return group;
    }

    private Optional<String> of(Sample sample) {
        if (by.equals(LABEL)) {
            return sample instanceof Judged judged ? Optional.of(String.valueOf(judged.desirable()))
                    : sample instanceof Labelled || sample instanceof Conversation ? sample.wanted() : Optional.empty();
        }
        return Optional.of(String.valueOf(Fingerprint.ofAsked(sample)));
    }

    /** Of a row by its number, from 0; {@link #NONE} where it has no value. */
    public int of(int row) { return groups.get(row); }

    /** How many groups there are. */
    public int count() { return values.size(); }

    /** How many rows have no value. */
    public int without() { return without; }

    /** What a group is called in messages and counts. */
    public String name(int group) { return group == NONE ? "-" : group < names.size() ? names.get(group) : "#"
            + group; }
}
