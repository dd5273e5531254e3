package io.weft.data.split;

import io.weft.data.IntList;
import io.weft.data.mend.RowGroups;
import io.weft.problem.UserError;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import static io.weft.problem.Language.say;

/**
 * A split that never divides a group, or gives each stratum its share of the held-out rows, or both. It walks the rows
 * in the order of the usual split and holds out the group of each row that it meets, as long as that fits what is left
 * to be held out, of every stratum: where each row is a group by itself and all are one stratum, it is the usual split.
 */
public final class GroupedSplit {
    private static final int NONE = -1;
    private final int[] rows, group, stratum, size, next, head, quota;

    /** A split, and how many rows are odd by what: flags of {@link Manifest}. */
    public record Result(Split split, Map<String, Integer> flags) {}

    private GroupedSplit(int[] rows, Optional<RowGroups> groups, Optional<RowGroups> strata) {
        this.rows = rows;
        group = groups.isPresent() ? numbered(groups.get(), false) : inOrder();
        stratum = strata.isPresent() ? numbered(strata.get(), true) : new int[rows.length];
        int count = 1 + Arrays.stream(group).max().orElse(0);
        size = new int[1 + Arrays.stream(stratum).max().orElse(0)];
        quota = new int[size.length];
        next = new int[rows.length];
        head = new int[count];
        Arrays.fill(head, NONE);
        for (int i = rows.length - 1; i >= 0; i--) {
            size[stratum[i]]++;
            next[i] = head[group[i]];
            head[group[i]] = i;
        }
    }

    /**
     * @param rows    numbers in a spool  @param heldOut how many to hold out at most
     * @param groups  what is never divided; a row without a value is a group of its own
     * @param strata  what is divided in proportion; rows without a value are a stratum
     * @throws UserError when no group can be held out, or the strata leave none
     */
    public static Result of(int[] rows, int heldOut, long seed, Optional<RowGroups> groups,
            Optional<RowGroups> strata) {
        int[] order = order(rows.length, heldOut, seed);
        GroupedSplit split = new GroupedSplit(rows, groups, strata);
        groups.ifPresent(by -> split.requireGroups(by, heldOut));
        split.share(heldOut, strata);
        return split.walk(order, heldOut, groups, strata);
    }

    /** That of the usual split. */
    private static int[] order(int rows, int heldOut, long seed) {
        Split usual = Split.of(rows, heldOut, seed);
        int[] order = Arrays.copyOf(usual.heldOut(), rows);
        System.arraycopy(usual.train(), 0, order, heldOut, usual.train().length);
        return order;
    }

    private int[] inOrder() {
        int[] numbers = new int[rows.length];
        Arrays.setAll(numbers, i -> i);
        return numbers;
    }

    /** A number from 0 for each row's group. @param together whether the rows without a value are one */
    private int[] numbered(RowGroups groups, boolean together) {
        int[] numbers = new int[rows.length], known = new int[groups.count()];
        Arrays.fill(known, NONE);
        int all = 0, without = NONE;
        for (int i = 0; i < rows.length; i++) {
            int of = groups.of(rows[i]);
            int number = of == RowGroups.NONE ? without : known[of];
            if (number == NONE) {
                number = all++;
            }
            if (of != RowGroups.NONE) {
                known[of] = number;
            } else if (together) {
                without = number;
            }
            numbers[i] = number;
        }
        return numbers;
    }

    private void requireGroups(RowGroups by, int heldOut) {
        int smallest = rows.length;
        for (int first : head) {
            smallest = Math.min(smallest, length(first));
        }
        if (head.length < 2 || smallest > heldOut) {
            throw UserError.of(say("data.groupBy: '%s' puts %d rows into %d groups, the smallest of %d rows, and %d "
                    + "rows are to be held out; hold out more, name another field, or give a file of held-out rows",
                    by.by(), rows.length, head.length, smallest, heldOut));
        }
    }

    private int length(int first) {
        int rows = 0;
        for (int row = first; row != NONE; row = next[row]) {
            rows++;
        }
        return rows;
    }

    /** Largest remainders; of each stratum a row is left to train on. */
    private void share(int heldOut, Optional<RowGroups> strata) {
        Integer[] byRemainder = new Integer[size.length];
        int given = 0;
        for (int s = 0; s < size.length; s++) {
            byRemainder[s] = s;
            quota[s] = Math.min((int) ((long) heldOut * size[s] / rows.length), size[s] - 1);
            given += quota[s];
        }
        Arrays.sort(byRemainder, (one, other) -> Long.compare((long) heldOut * size[other] % rows.length,
                (long) heldOut * size[one] % rows.length));
        for (int s : byRemainder) {
            if (given < heldOut && quota[s] < size[s] - 1) {
                quota[s]++;
                given++;
            }
        }
        if (given == 0) {
            throw UserError.of(say("data.stratifyBy: '%s' has %d different values in %d rows, so that none can be "
                    + "divided; name a field with few values", strata.orElseThrow().by(), size.length, rows.length));
        }
    }

    private Result walk(int[] order, int heldOut, Optional<RowGroups> groups, Optional<RowGroups> strata) {
        boolean[] met = new boolean[head.length], held = new boolean[head.length];
        int[] taken = new int[size.length];
        for (int row : order) {
            int of = group[row];
            if (!met[of]) {
                met[of] = true;
                held[of] = fits(head[of], taken);
            }
        }
        IntList train = new IntList(), out = new IntList();
        for (int row : order) {
            (held[group[row]] ? out : train).add(rows[row]);
        }
        if (out.size() == 0) {
            throw UserError.of(say("data.groupBy: no group of '%s' fits into the share of every value of '%s'; hold "
                    + "out "
                    + "more rows, or leave one of the two out", groups.orElseThrow().by(), strata.orElseThrow().by()));
        }
        return new Result(new Split(train.toArray(), out.toArray()), flags(taken, heldOut - out.size(), strata));
    }

    /** Takes the group's rows off what is left of its strata, where they fit. */
    private boolean fits(int first, int[] taken) {
        boolean fits = true;
        for (int row = first; row != NONE; row = next[row]) {
            fits &= ++taken[stratum[row]] <= quota[stratum[row]];
        }
        for (int row = first; row != NONE && !fits; row = next[row]) {
            taken[stratum[row]]--;
        }
        return fits;
    }

    private Map<String, Integer> flags(int[] taken, int fewer, Optional<RowGroups> strata) {
        Map<String, Integer> flags = new TreeMap<>();
        if (fewer > 0) {
            flags.put("held_out_fewer_than_asked", fewer);
        }
        for (int s = 0; s < size.length && strata.isPresent(); s++) {
            if (taken[s] == 0) {
                flags.merge("stratum_not_held_out", size[s], Integer::sum);
            }
        }
        return flags;
    }
}
