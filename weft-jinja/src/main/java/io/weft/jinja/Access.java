package io.weft.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What stands behind {@code value.name}, {@code value[key]} and {@code value[from:to:step]}. Only names listed in this
 * package exist: there is no way to a Java object.
 */
final class Access {
    private static final Set<String> CHANGING_LIST = Set.of("append", "extend", "insert", "pop", "remove", "clear",
            "sort", "reverse");
    private static final Set<String> CHANGING_DICT = Set.of("pop", "popitem", "update", "clear", "setdefault");
    private static final Object MISSING = new Object();

    private Access() {}

    /** {@code value.name}: the attribute, else the element of that name. */
    static Object attribute(Budget budget, Object value, String name) {
        Object found = ownAttribute(Undefined.refuse(value), name);
        if (found == MISSING) {
            found = element(budget, value, TracedText.of(name));
        }
        return found == MISSING ? Undefined.attribute(value, name) : found;
    }

    /** The attr filter: the attribute, never an element. */
    static Object attributeOnly(Object value, String name) {
        Object found = ownAttribute(Undefined.refuse(value), name);
        return found == MISSING ? Undefined.attribute(value, name) : found;
    }

    /** {@code value[key]}: the element, else the attribute of that name. */
    static Object item(Budget budget, Object value, Object key) {
        Object found = element(budget, Undefined.refuse(value), key);
        if (found == MISSING && key instanceof TracedText name) {
            found = ownAttribute(value, name.toString());
            return found == MISSING ? Undefined.attribute(value, name.toString()) : found;
        }
        return found == MISSING ? Undefined.element(value, key) : found;
    }

    /** The path of an attribute argument of a filter: names and numbers between dots, or one number. */
    static Object path(Budget budget, Object value, Object path) {
        if (path instanceof Long) {
            return item(budget, value, path);
        }
        Object found = value;
        for (String part : PythonText.str(path).toString().split("\\.")) {
            boolean number = !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            found = item(budget, found, number ? (Object) Long.valueOf(part) : TracedText.of(part));
        }
        return found;
    }

    private static Object element(Budget budget, Object value, Object key) {
        if (value instanceof Map<?, ?> map) {
            if (key instanceof Map || key instanceof List && !(key instanceof Tuple)) {
                return MISSING;
            }
            Object known = Values.key(budget, key);
            return map.containsKey(known) ? map.get(known) : MISSING;
        }
        long index = key instanceof Long || key instanceof Boolean ? Numbers.toLong(key) : Long.MAX_VALUE;
        if (value instanceof List<?> list) {
            index += index < 0 ? list.size() : 0;
            return index >= 0 && index < list.size() ? list.get((int) index) : MISSING;
        } else if (value instanceof TracedText text) {
            index += index < 0 ? text.points() : 0;
            return index >= 0 && index < text.points()
                    ? text.slice(text.offset((int) index), text.offset((int) index + 1)) : MISSING;
        }
        return MISSING;
    }

    private static Object ownAttribute(Object value, String name) {
        if (value instanceof Namespace namespace) {
            return namespace.attributes().getOrDefault(name, MISSING);
        } else if (value instanceof TracedText) {
            return bound(StringMethods.TABLE, value, name);
        } else if (value instanceof Map) {
            return CHANGING_DICT.contains(name) ? Undefined.unsafe(value, name)
                    : bound(CollectionMethods.DICT, value, name);
        } else if (value instanceof Tuple tuple && tuple.names().contains(name)) {
            return tuple.get(tuple.names().indexOf(name));
        } else if (value instanceof List) {
            boolean changing = CHANGING_LIST.contains(name) && !(value instanceof Tuple) && !(value instanceof Range);
            return changing ? Undefined.unsafe(value, name) : bound(CollectionMethods.LIST, value, name);
        } else if (value instanceof Loop loop) {
            return loop.attributes().contains(name) ? loop.attribute(name) : MISSING;
        } else if (value instanceof Macro macro && name.equals("name")) {
            return TracedText.of(macro.name());
        }
        return MISSING;
    }

    private static Object bound(Map<String, Builtin> table, Object value, String name) {
        Builtin method = table.get(name);
        return method == null ? MISSING : (Callable) (budget, arguments) -> method.apply(budget, value, arguments);
    }

    /** {@code value[from:to:step]}; each bound may be null. */
    static Object slice(Object value, Object from, Object to, Object step) {
        Undefined.refuse(value);
        if (!(value instanceof TracedText) && !(value instanceof List)) {
            throw TemplateException.because("'%s' object cannot be sliced", Values.typeName(value));
        }
        var bounds = SliceBounds.of((int) Values.length(value), from, to, step);
        if (value instanceof TracedText text) {
            return bounds.step() == 1 ? text.slice(text.offset(bounds.first()),
                    text.offset(bounds.first() + bounds.count())) : picked(text, bounds);
        }
        var list = (List<?>) value;
        var picked = new ArrayList<>(bounds.count());
        for (int i = 0; i < bounds.count(); i++) {
            picked.add(list.get(bounds.index(i)));
        }
        return value instanceof Tuple ? new Tuple(picked) : picked;
    }

    private static TracedText picked(TracedText text, SliceBounds bounds) {
        int[] starts = text.starts();
        var made = new TextBuilder();
        for (int i = 0; i < bounds.count(); i++) {
            made.append(text.slice(starts[bounds.index(i)], starts[bounds.index(i) + 1]));
        }
        return made.toText().asSafe(text.safe());
    }
}
