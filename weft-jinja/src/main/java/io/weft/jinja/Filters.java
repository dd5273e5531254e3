package io.weft.jinja;

import java.util.HashMap;
import java.util.Map;

/**
 * What may stand behind a bar: {@code value | trim}. The tables are in {@link TextFilters}, {@link SequenceFilters} and
 * {@link NumberFilters}; here are those for any value.
 */
final class Filters {
    static final Map<String, Builtin> TABLE = new HashMap<>();

    private Filters() {}

    static {
        TextFilters.addTo(TABLE);
        SequenceFilters.addTo(TABLE);
        NumberFilters.addTo(TABLE);
        Builtin.define(TABLE, "default d", "default_value? boolean?", (budget, value, given) ->
            value instanceof Undefined || given.truth(1) && !Values.truth(value) ? given.value(0, TracedText.EMPTY)
                    : value);
        Builtin.define(TABLE, "length count", "", (budget, value, given) -> Values.length(value));
        Builtin.define(TABLE, "tojson", "ensure_ascii? indent? separators? sort_keys?", JsonText::dumps);
        Builtin.define(TABLE, "attr", "name", (budget, value, given) ->
                Access.attributeOnly(value, given.text(0).toString()));
    }

    static Object apply(Budget budget, String name, Object value, Arguments arguments) {
        var filter = TABLE.get(name);
        if (filter == null) {
            throw unknown(name);
        }
        return filter.apply(budget, value, arguments);
    }

    static TemplateException unknown(String name) { return TemplateException.because("no filter named '%s'", name); }
}
