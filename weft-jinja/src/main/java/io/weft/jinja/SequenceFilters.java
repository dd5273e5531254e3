package io.weft.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Filters on lists, maps and whatever else iterates. */
final class SequenceFilters {
    private SequenceFilters() {}

    static void addTo(Map<String, Builtin> table) {
        Builtin.define(table, "list", "", (budget, value, given) -> new ArrayList<>(Values.iterate(budget, value)));
        Builtin.define(table, "first", "", (budget, value, given) -> first(budget, value));
        Builtin.define(table, "last", "", (budget, value, given) -> last(budget, value));
        Builtin.define(table, "items", "", (budget, value, given) -> items(budget, value));
        Builtin.define(table, "reverse", "", (budget, value, given) -> reversed(budget, value));
        Builtin.define(table, "join", "d? attribute?", SequenceFilters::join);
        Builtin.define(table, "map", "*", SequenceFilters::map);
        Builtin.define(table, "sort", "reverse? case_sensitive? attribute?", (budget, value, given) -> {
            var sorted = new ArrayList<>(Values.iterate(budget, value));
            sorted.sort(order(by(budget, given.value(2, null)), Comparison.order(budget, given.truth(1)),
                    given.truth(0)));
            return sorted;
        });
        Builtin.define(table, "dictsort", "case_sensitive? by? reverse?", SequenceFilters::sortedPairs);
        Builtin.define(table, "unique", "case_sensitive? attribute?", SequenceFilters::unique);
        Builtin.define(table, "groupby", "attribute default? case_sensitive?", SequenceFilters::groups);
        Builtin.define(table, "min", "case_sensitive? attribute?",
                (budget, value, given) -> extreme(budget, value, given, 1));
        Builtin.define(table, "max", "case_sensitive? attribute?",
                (budget, value, given) -> extreme(budget, value, given, -1));
        Builtin.define(table, "sum", "attribute? start?", SequenceFilters::sum);
        Builtin.define(table, "batch", "linecount fill_with?", SequenceFilters::batches);
        Builtin.define(table, "slice", "slices fill_with?", SequenceFilters::slices);
        Builtin.define(table, "select", "*", (budget, value, given) ->
                chosen(budget, value, given.written(), false, true));
        Builtin.define(table, "reject", "*", (budget, value, given) ->
                chosen(budget, value, given.written(), false, false));
        Builtin.define(table, "selectattr", "*", (budget, value, given) ->
                chosen(budget, value, given.written(), true, true));
        Builtin.define(table, "rejectattr", "*", (budget, value, given) ->
                chosen(budget, value, given.written(), true, false));
    }

    /** The part of an element that a filter looks at. */
    private interface Key {
        Object of(Object element);
    }

    /** Looks at an attribute, at several between commas, or at the element itself when there is none. */
    private static Key by(Budget budget, Object attribute) {
        if (attribute == null) {
            return element -> element;
        } else if (attribute instanceof TracedText text && text.toString().indexOf(',') >= 0) {
            var paths = TextSearch.split(text, TracedText.of(","), -1);
            return element -> new Tuple(paths.stream().map(path -> Access.path(budget, element, path)).toList());
        }
        return element -> Access.path(budget, element, attribute);
    }

    private static Comparator<Object> order(Key key, Comparator<Object> order, boolean descending) {
        Comparator<Object> ascending = (a, b) -> order.compare(key.of(a), key.of(b));
        return descending ? ascending.reversed() : ascending;
    }

    private static Object first(Budget budget, Object value) {
        if (value instanceof Stream stream && stream.hasNext()) {
            return stream.next();
        }
        var elements = Values.iterate(budget, value);
        return elements.isEmpty() ? new Undefined("No first item, sequence was empty.") : elements.get(0);
    }

    private static Object last(Budget budget, Object value) {
        if (value instanceof Stream) {
            throw TemplateException.because("'generator' object is not reversible");
        }
        var elements = Values.iterate(budget, value);
        return elements.isEmpty() ? new Undefined("No last item, sequence was empty.")
                : elements.get(elements.size() - 1);
    }

    private static Object items(Budget budget, Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Stream(CollectionMethods.pairs(budget, Values.map(map)));
        } else if (value instanceof Undefined) {
            return new Stream(List.of());
        }
        throw TemplateException.because("can only get item pairs from a mapping, not from %s", Values.typeName(value));
    }

    private static Object reversed(Budget budget, Object value) {
        var elements = new ArrayList<>(Values.iterate(budget, value));
        Collections.reverse(elements);
        if (value instanceof TracedText text) {
            return TextSearch.join(TracedText.EMPTY, elements).asSafe(text.safe());
        }
        return value instanceof Stream ? elements : new Stream(elements);
    }

    private static Object join(Budget budget, Object value, CallArguments given) {
        var key = by(budget, given.value(1, null));
        var separator = PythonText.str(given.value(0, TracedText.EMPTY));
        return TextSearch.join(separator, Values.iterate(budget, value).stream()
                .map(element -> PythonText.str(key.of(element)).asSafe(false)).toList()).asSafe(false);
    }

    /** Either map(attribute='name', default=value) or map('filter', arguments...). */
    private static Object map(Budget budget, Object value, CallArguments given) {
        var written = given.written();
        var mapped = new ArrayList<>();
        if (!Values.truth(value)) {
            return new Stream(mapped);
        }
        if (written.positional().isEmpty() && written.named().containsKey("attribute")) {
            var key = by(budget, written.named().get("attribute"));
            Object otherwise = written.named().get("default");
            for (Object element : Values.iterate(budget, value)) {
                Object found = key.of(element);
                mapped.add(found instanceof Undefined && otherwise != null ? otherwise : found);
            }
            return new Stream(mapped);
        }
        String filter = Values.text(written.first()).toString();
        for (Object element : Values.iterate(budget, value)) {
            mapped.add(Filters.apply(budget, filter, element, written.from(1)));
        }
        return new Stream(mapped);
    }

    /**
     * Elements that pass a test, or fail it; without a test, those that are true.
     *
     * @param byAttribute whether the first argument names what to look at
     */
    private static Object chosen(Budget budget, Object value, Arguments written, boolean byAttribute, boolean passing) {
        var kept = new ArrayList<>();
        if (!Values.truth(value)) {
            return new Stream(kept);
        }
        var key = by(budget, byAttribute ? written.first() : null);
        var test = byAttribute ? written.from(1) : written;
        for (Object element : Values.iterate(budget, value)) {
            Object seen = key.of(element);
            boolean passes = test.positional().isEmpty() ? Values.truth(seen)
                    : Tests.holds(budget, Values.text(test.first()).toString(), seen, test.from(1));
            if (passes == passing) {
                kept.add(element);
            }
        }
        return new Stream(kept);
    }

    private static Object sortedPairs(Budget budget, Object value, CallArguments given) {
        if (!(Undefined.refuse(value) instanceof Map<?, ?> map)) {
            throw TemplateException.because("dictsort needs a mapping, found %s", Values.typeName(value));
        }
        String by = given.text(1, TracedText.of("key")).toString();
        if (!by.equals("key") && !by.equals("value")) {
            throw TemplateException.because("dictsort goes by 'key' or 'value', not '%s'", by);
        }
        var pairs = CollectionMethods.pairs(budget, Values.map(map));
        pairs.sort(order(pair -> ((Tuple) pair).get(by.equals("key") ? 0 : 1), Comparison.order(budget, given.truth(0)),
                given.truth(2)));
        return pairs;
    }

    private static Object unique(Budget budget, Object value, CallArguments given) {
        var key = by(budget, given.value(1, null));
        var seen = new HashSet<>();
        var kept = new ArrayList<>();
        for (Object element : Values.iterate(budget, value)) {
            Object part = key.of(element);
            if (seen.add(Values.key(budget, given.truth(0) ? part : Comparison.folded(part)))) {
                kept.add(element);
            }
        }
        return new Stream(kept);
    }

    /** (grouper, list) for each value of the attribute, in order. */
    private static Object groups(Budget budget, Object value, CallArguments given) {
        Object otherwise = given.value(1, null);
        Key key = element -> {
            Object found = Access.path(budget, element, given.value(0));
            return found instanceof Undefined && otherwise != null ? otherwise : found;
        };
        var order = Comparison.order(budget, given.truth(2));
        var sorted = new ArrayList<>(Values.iterate(budget, value));
        sorted.sort(order(key, order, false));
        var groups = new ArrayList<>();
        for (int start = 0, end; start < sorted.size(); start = end) {
            Object grouper = key.of(sorted.get(start));
            end = start + 1;
            while (end < sorted.size() && order.compare(grouper, key.of(sorted.get(end))) == 0) {
                end++;
            }
            groups.add(new Tuple(java.util.Arrays.asList(grouper, new ArrayList<>(sorted.subList(start, end))),
                    List.of("grouper", "list")));
        }
        return groups;
    }

    private static Object extreme(Budget budget, Object value, CallArguments given, int sign) {
        var elements = Values.iterate(budget, value);
        var order = order(by(budget, given.value(1, null)), Comparison.order(budget, given.truth(0)), false);
        Object best = elements.isEmpty() ? new Undefined("No aggregated item, sequence was empty.") : elements.get(0);
        for (Object element : elements) {
            best = sign * order.compare(element, best) < 0 ? element : best;
        }
        return best;
    }

    private static Object sum(Budget budget, Object value, CallArguments given) {
        var key = by(budget, given.value(0, null));
        Object sum = given.value(1, 0L);
        for (Object element : Values.iterate(budget, value)) {
            sum = Operators.calculate(budget, "+", sum, key.of(element));
            budget.weigh(sum);
        }
        return sum;
    }

    private static int positive(long count) {
        if (count < 1) {
            throw TemplateException.because("expected a count of at least 1, found %d", count);
        }
        return Budget.listSize(count);
    }

    private static Object batches(Budget budget, Object value, CallArguments given) {
        int size = positive(given.integer(0));
        var batches = new ArrayList<>();
        var elements = Values.iterate(budget, value);
        for (int start = 0; start < elements.size(); start += size) {
            var batch = new ArrayList<>(elements.subList(start, Math.min(elements.size(), start + size)));
            if (given.value(1, null) != null && batch.size() < size) {
                budget.charge(size);
                batch.addAll(Collections.nCopies(size - batch.size(), given.value(1)));
            }
            batches.add(batch);
        }
        return new Stream(batches);
    }

    /** As many columns as asked for, the first ones longer by one where it does not come out even. */
    private static Object slices(Budget budget, Object value, CallArguments given) {
        int slices = positive(given.integer(0));
        budget.charge(slices);
        var elements = Values.iterate(budget, value);
        int each = elements.size() / slices, longer = elements.size() % slices;
        var columns = new ArrayList<>();
        for (int i = 0, start = 0; i < slices; i++) {
            int end = start + each + (i < longer ? 1 : 0);
            var column = new ArrayList<>(elements.subList(start, end));
            if (given.value(1, null) != null && i >= longer) {
                column.add(given.value(1));
            }
            columns.add(column);
            start = end;
        }
        return new Stream(columns);
    }
}
