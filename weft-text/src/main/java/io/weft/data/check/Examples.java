package io.weft.data.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The first rows that something was found in, and how many there are. */
public final class Examples {
    /** More of the same say no more; who wants all asks the file by their counts. */
    public static final int MOST = 20;
    private final List<Example> first = new ArrayList<>();
    private int count;

    public void add(Example example) {
        if (first.size() < MOST) {
            first.add(example);
        }
        count++;
    }

    /** So many more, of which no example is needed. */
    void addCounted(int more) { count += more; }

    /** How many were added, those that are not kept as well. */
    public int count() { return count; }

    /** As their rows stand in the file. */
    public List<Example> list() {
        return first.stream().sorted(Comparator.comparing(Example::place)).toList();
    }
}
