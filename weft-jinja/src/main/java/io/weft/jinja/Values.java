package io.weft.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What every value of the language can be asked, as Python answers: is it true, what is its type, what does it iterate
 * over, how long is it, what does it contain.
 */
final class Values {
    private Values() {}

    static boolean truth(Object value) {
        if (value == null || value instanceof Undefined) {
            return false;
        } else if (value instanceof Boolean b) {
            return b;
        } else if (value instanceof TracedText text) {
            return !text.isEmpty();
        } else if (value instanceof Number number) {
            return number instanceof BigInteger || number.doubleValue() != 0;
        } else if (value instanceof Collection<?> elements) {
            return !elements.isEmpty();
        }
        return !(value instanceof Map<?, ?> map) || !map.isEmpty();
    }

    /** The name of the value's type in Python. */
    static String typeName(Object value) {
        if (value == null) {
            return "NoneType";
        } else if (value instanceof TracedText text) {
            return text.safe() ? "Markup" : "str";
        } else if (value instanceof Boolean) {
            return "bool";
        } else if (value instanceof Double) {
            return "float";
        } else if (value instanceof Number) {
            return "int";
        } else if (value instanceof Map) {
            return "dict";
        } else if (value instanceof Range) {
            return "range";
        } else if (value instanceof Tuple) {
            return "tuple";
        } else if (value instanceof DictView view) {
            return "dict_" + view.kind();
        } else if (value instanceof List) {
            return "list";
        } else if (value instanceof Stream) {
            return "generator";
        } else if (value instanceof Namespace) {
            return "Namespace";
        }
        return value instanceof Undefined ? "Undefined" : value instanceof Macro ? "Macro" : value instanceof Loop
                ? "LoopContext" : "function";
    }

    /** How messages about missing things call a value: "None", or its type and the word object. */
    static String objectName(Object value) { return value == null ? "None" : typeName(value) + " object"; }

    /** @throws TemplateException when the value is not a text */
    static TracedText text(Object value) {
        if (Undefined.refuse(value) instanceof TracedText text) {
            return text;
        }
        throw TemplateException.because("expected a str, found %s", typeName(value));
    }

    /**
     * The elements that a for loop visits. Charged by their number, as all of them will be looked at; may be the value
     * itself, so never change it.
     */
    static List<Object> iterate(Budget budget, Object value) {
        List<Object> elements = elements(value);
        budget.charge(elements.size());
        return elements;
    }

    private static List<Object> elements(Object value) {
        if (value instanceof Undefined) {
            return List.of();
        } else if (value instanceof List<?> list) {
            return cast(list);
        } else if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        } else if (value instanceof Collection<?> view) {
            return new ArrayList<>(view);
        } else if (value instanceof Stream stream) {
            return stream.drain();
        } else if (value instanceof TracedText text) {
            return text.characters();
        }
        throw TemplateException.because("'%s' object is not iterable", typeName(value));
    }

    @SuppressWarnings("unchecked")
    private static List<Object> cast(List<?> list) { return (List<Object>) list; }

    @SuppressWarnings("unchecked")
    static Map<Object, Object> map(Map<?, ?> map) { return (Map<Object, Object>) map; }

    static boolean isIterable(Object value) {
        return value instanceof TracedText || value instanceof Collection || value instanceof Map
                || value instanceof Stream
                || value instanceof Undefined;
    }

    /** Code points of a text, elements of a collection. */
    static long length(Object value) {
        if (value instanceof Undefined) {
            return 0;
        } else if (value instanceof TracedText text) {
            return text.points();
        } else if (value instanceof Collection<?> elements) {
            return elements.size();
        } else if (value instanceof Map<?, ?> map) {
            return map.size();
        } else if (value instanceof Loop loop) {
            return loop.length();
        }
        throw TemplateException.because("object of type '%s' has no len()", typeName(value));
    }

    /** Python's {@code element in container}. */
    static boolean contains(Budget budget, Object container, Object element) {
        if (container instanceof TracedText text) {
            if (element instanceof TracedText part) {
                budget.charge(text.weight());
                return TextFinder.contains(text.toString(), part.toString());
            }
            throw TemplateException.because("'in <string>' requires string as left operand, not %s", typeName(element));
        } else if (container instanceof Map<?, ?> map) {
            return map.containsKey(key(budget, element));
        }
        for (Object candidate : iterate(budget, container)) {
            if (Comparison.equal(budget, candidate, element)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The value as a key of a map, where 1.0 and 1 are one key.
     *
     * @throws TemplateException for a list, map or another value that may not be a key
     */
    static Object key(Budget budget, Object value) {
        budget.charge(1);
        if (value instanceof TracedText text) {
            budget.charge(text.weight());
        } else if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1L << 53) {
            return number.longValue();
        } else if (value instanceof Tuple tuple) {
            var keys = new ArrayList<>(tuple.size());
            for (Object element : tuple) {
                keys.add(key(budget, element));
            }
            return new Tuple(keys, tuple.names());
        } else if (value instanceof Collection || value instanceof Map) {
            throw TemplateException.because("unhashable type: '%s'", typeName(value));
        }
        return value;
    }

    /**
     * A Java value as a value of the language, copied: strings become the template's own texts, whole numbers long,
     * fractions double.
     * @throws IllegalArgumentException for anything that is not null, a boolean, number, string, {@link TracedText},
     *     collection or map of these
     */
    static Object fromJava(Object value) {
        if (value instanceof String string) {
            return TracedText.of(string);
        } else if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        } else if (value instanceof BigInteger number) {
            return Numbers.shrink(number);
        } else if (value instanceof Float number) {
            return number.doubleValue();
        } else if (value instanceof Map<?, ?> map) {
            var copy = new LinkedHashMap<>();
            map.forEach((k, v) -> copy.put(fromJava(k), fromJava(v)));
            return copy;
        } else if (value instanceof Collection<?> elements) {
            var copy = new ArrayList<>(elements.size());
            elements.forEach(element -> copy.add(fromJava(element)));
            return copy;
        } else if (value == null || value instanceof Boolean || value instanceof Long || value instanceof Double
                || value instanceof TracedText) {
            return value;
        }
        throw new IllegalArgumentException("a template cannot be given a " + value.getClass().getName());
    }
}
