package io.weft.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The methods of Python's dict and list that change nothing. */
final class CollectionMethods {
    static final Map<String, Builtin> DICT = new HashMap<>();
    static final Map<String, Builtin> LIST = new HashMap<>();

    private CollectionMethods() {}

    static {
        Builtin.define(DICT, "items", "", (budget, subject, given) ->
                new DictView("items", pairs(budget, dict(subject))));
        Builtin.define(DICT, "keys", "", (budget, subject, given) -> new DictView("keys", dict(subject).keySet()));
        Builtin.define(DICT, "values", "", (budget, subject, given) -> new DictView("values", dict(subject).values()));
        Builtin.define(DICT, "copy", "", (budget, subject, given) -> new LinkedHashMap<>(dict(subject)));
        Builtin.define(DICT, "get", "key default?", (budget, subject, given) -> {
            Object key = Values.key(budget, given.value(0));
            return dict(subject).containsKey(key) ? dict(subject).get(key) : given.value(1, null);
        });
        Builtin.define(LIST, "copy", "", (budget, subject, given) -> new ArrayList<>((List<?>) subject));
        Builtin.define(LIST, "count", "value", (budget, subject, given) ->
            Values.iterate(budget, subject).stream()
                    .filter(element -> Comparison.equal(budget, element, given.value(0))).count());
        Builtin.define(LIST, "index", "value", (budget, subject, given) -> {
            var elements = Values.iterate(budget, subject);
            for (int i = 0; i < elements.size(); i++) {
                if (Comparison.equal(budget, elements.get(i), given.value(0))) {
                    return (long) i;
                }
            }
            throw TemplateException.because("the value is not in the list");
        });
    }

    private static Map<Object, Object> dict(Object subject) { return Values.map((Map<?, ?>) subject); }

    /** The (key, value) tuples of a map. */
    static List<Object> pairs(Budget budget, Map<Object, Object> map) {
        budget.charge(map.size());
        var pairs = new ArrayList<>(map.size());
        map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
        return pairs;
    }
}
