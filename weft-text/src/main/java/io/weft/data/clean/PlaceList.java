package io.weft.data.clean;

import io.weft.data.IntList;
import io.weft.data.Place;
import java.util.ArrayList;
import java.util.List;

/** Places of millions of rows, eight bytes each: files follow each other, so each is kept once where its rows begin. */
public final class PlaceList {
    private final IntList lines = new IntList(), rows = new IntList(), begins = new IntList();
    /** The file of the rows from each beginning on. */
    private final List<String> files = new ArrayList<>();

    public void add(Place place) {
        if (files.isEmpty() || !files.get(files.size() - 1).equals(place.file())) {
            files.add(place.file());
            begins.add(lines.size());
        }
        lines.add(place.line());
        rows.add(place.row());
    }

    public int size() { return lines.size(); }

    /** @param number from 0, in the order in which they were added */
    public Place get(int number) {
        int low = 0, high = begins.size();
        while (high - low > 1) {
            int middle = low + high >>> 1;
            if (begins.get(middle) <= number) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return new Place(files.get(low), lines.get(number), rows.get(number));
    }
}
