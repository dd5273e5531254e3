package io.weft.jinja;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Python's == and its order. Both walk into lists and maps, so they charge for each pair they meet. */
final class Comparison {
    private Comparison() {}

    static boolean equal(Budget budget, Object a, Object b) {
        budget.charge(1);
        if (a instanceof TracedText x && b instanceof TracedText y) {
            budget.charge(Math.min(x.weight(), y.weight()));
            return x.equals(y);
        } else if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b) == 0 && !Numbers.isNaN(a) && !Numbers.isNaN(b);
        } else if (a instanceof Undefined) {
            return b instanceof Undefined;
        } else if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.size() == y.size() && x.entrySet().stream()
                    .allMatch(e -> y.containsKey(e.getKey()) && equal(budget, e.getValue(), y.get(e.getKey())));
        } else if (a instanceof List<?> x && b instanceof List<?> y) {
            if (a.getClass() != b.getClass() && (a instanceof Tuple || b instanceof Tuple || a instanceof Range
                    || b instanceof Range) || x.size() != y.size()) {
                return false;
            }
            for (int i = 0; i < x.size(); i++) {
                if (!equal(budget, x.get(i), y.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return a == b;
    }

    /**
     * Negative, zero or positive as a is less than, equal to or greater than b.
     *
     * @throws TemplateException when Python has no order for the two
     */
    static int compare(Budget budget, Object a, Object b) {
        budget.charge(1);
        Undefined.refuse(a);
        Undefined.refuse(b);
        if (a instanceof TracedText x && b instanceof TracedText y) {
            budget.charge(Math.min(x.weight(), y.weight()));
            return x.compareTo(y);
        } else if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b);
        } else if (a instanceof List<?> x && b instanceof List<?> y && (a instanceof Tuple) == (b instanceof Tuple)
                && !(a instanceof Range) && !(b instanceof Range)) {
            for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
                if (!equal(budget, x.get(i), y.get(i))) {
                    return compare(budget, x.get(i), y.get(i));
                }
            }
            return Integer.compare(x.size(), y.size());
        }
        throw TemplateException.because("'%s' and '%s' have no order", Values.typeName(a), Values.typeName(b));
    }

    /** One comparison operator. @param operator one of == != < > <= >= in, or "not in" */
    static boolean holds(Budget budget, String operator, Object a, Object b) {
        return switch (operator) {
            case "==" -> equal(budget, a, b);
            case "!=" -> !equal(budget, a, b);
            case "in" -> Values.contains(budget, b, a);
            case "not in" -> !Values.contains(budget, b, a);
            default -> {
                int order = compare(budget, a, b);
                boolean holds = operator.charAt(0) == '<' ? order < 0 : order > 0;
                boolean unordered = Numbers.isNaN(a) || Numbers.isNaN(b);
                yield !unordered && (holds || order == 0 && operator.endsWith("="));
            }
        };
    }

    static final Set<String> OPERATORS = Set.of("==", "!=", "<", ">", "<=", ">=");

    /** The order of the sorting filters, which look past the case of letters unless told otherwise. */
    static Comparator<Object> order(Budget budget, boolean caseSensitive) {
        return caseSensitive ? (a, b) -> compare(budget, a, b) : (a, b) -> compare(budget, folded(a), folded(b));
    }

    static Object folded(Object value) { return value instanceof TracedText text ? Characters.lower(text) : value; }
}
