package io.weft.data;

import java.util.List;

/** Rows of a batch by number, each the groups that share it: one, or those that were packed together. */
public interface Rows {
    int count();

    /** @param number from 0 to below {@link #count} */
    List<ExampleGroup> get(int number);

    /** Rows that are in memory. */
    static Rows of(List<List<ExampleGroup>> rows) {
        return new Rows() {
            @Override public int count() { return rows.size(); }

            @Override public List<ExampleGroup> get(int number) { return rows.get(number); }
        };
    }

    /** Every group a row of its own. */
    static Rows single(List<ExampleGroup> groups) {
        return new Rows() {
            @Override public int count() { return groups.size(); }

            @Override public List<ExampleGroup> get(int number) { return List.of(groups.get(number)); }
        };
    }
}
