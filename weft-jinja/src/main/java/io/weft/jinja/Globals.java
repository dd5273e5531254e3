package io.weft.jinja;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The functions that every template has: range, dict, namespace, joiner, and those that {@code transformers} adds:
 * raise_exception and strftime_now.
 */
final class Globals {
    private Globals() {}

    static void addTo(Frame frame, Clock clock) {
        frame.set("range", (Callable) Globals::range);
        frame.set("dict", (Callable) Globals::dict);
        frame.set("namespace", (Callable) Globals::namespace);
        frame.set("joiner", (Callable) Globals::joiner);
        frame.set("raise_exception", (Callable) (budget, arguments) -> {
            throw TemplateException.quoting(PythonText.str(arguments.first()).toString());
        });
        frame.set("strftime_now", (Callable) (budget, arguments) ->
                TracedText.of(PythonDate.format(Values.text(arguments.first()).toString(), ZonedDateTime.now(clock))));
    }

    private static Object range(Budget budget, Arguments arguments) {
        long first = Numbers.toLong(arguments.first());
        return switch (arguments.positional().size()) {
            case 1 -> new Range(0, first, 1);
            case 2 -> new Range(first, Numbers.toLong(arguments.positional().get(1)), 1);
            case 3 -> new Range(first, Numbers.toLong(arguments.positional().get(1)),
                    Numbers.toLong(arguments.positional().get(2)));
            default -> throw TemplateException.because("range takes at most 3 arguments");
        };
    }

    private static Object dict(Budget budget, Arguments arguments) {
        var map = new LinkedHashMap<>();
        if (!arguments.positional().isEmpty()) {
            addEntries(budget, map, arguments.first());
        }
        arguments.named().forEach((name, value) -> map.put(TracedText.of(name), value));
        return map;
    }

    private static void addEntries(Budget budget, Map<Object, Object> map, Object source) {
        if (source instanceof Map<?, ?> given) {
            budget.charge(given.size());
            map.putAll(given);
            return;
        }
        for (Object pair : Values.iterate(budget, Undefined.refuse(source))) {
            var entry = Values.iterate(budget, pair);
            if (entry.size() != 2) {
                throw TemplateException.because("dict needs pairs, found %d values", entry.size());
            }
            map.put(Values.key(budget, entry.get(0)), entry.get(1));
        }
    }

    private static Object namespace(Budget budget, Arguments arguments) {
        var space = new Namespace();
        if (!arguments.positional().isEmpty()) {
            var map = new LinkedHashMap<>();
            addEntries(budget, map, arguments.first());
            map.forEach((name, value) -> space.attributes().put(Values.text(name).toString(), value));
        }
        space.attributes().putAll(arguments.named());
        return space;
    }

    /** A function that gives nothing the first time and the separator from then on. */
    private static Object joiner(Budget budget, Arguments arguments) {
        TracedText separator = arguments.positional().isEmpty() ? TracedText.of(", ")
                : PythonText.str(arguments.first());
        boolean[] used = {false};
        return (Callable) (later, none) -> {
            TracedText given = used[0] ? separator : TracedText.EMPTY;
            used[0] = true;
            return given;
        };
    }
}
