package io.weft.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What may stand behind is: {@code content is string}, {@code tools is not none}. */
final class Tests {
    static final Map<String, Builtin> TABLE = new HashMap<>();

    private Tests() {}

    static {
        asking("defined", value -> !(value instanceof Undefined));
        asking("undefined", value -> value instanceof Undefined);
        asking("none", value -> value == null);
        asking("boolean", value -> value instanceof Boolean);
        asking("true", Boolean.TRUE::equals);
        asking("false", Boolean.FALSE::equals);
        asking("number", Numbers::isNumber);
        asking("integer", Numbers::isInteger);
        asking("float", value -> value instanceof Double);
        asking("string", value -> value instanceof TracedText);
        asking("mapping", value -> value instanceof Map);
        asking("iterable", Values::isIterable);
        asking("sequence", value -> value instanceof TracedText || value instanceof List || value instanceof Map
                || value instanceof Undefined);
        asking("callable", value -> value instanceof Callable || value instanceof Undefined);
        asking("escaped", value -> value instanceof TracedText text && text.safe());
        asking("lower", value -> Characters.allCased(PythonText.str(value), Character::isLowerCase));
        asking("upper", value -> Characters.allCased(PythonText.str(value), Character::isUpperCase));
        asking("filter", value -> value instanceof TracedText name && Filters.TABLE.containsKey(name.toString()));
        asking("test", value -> value instanceof TracedText name && Tests.TABLE.containsKey(name.toString()));
        asking("odd", value -> remainder(value, 2L).equals(1L));
        asking("even", value -> remainder(value, 2L).equals(0L));
        Builtin.define(TABLE, "divisibleby", "num", (budget, value, given) -> remainder(value, given.value(0))
                .equals(0L));
        Builtin.define(TABLE, "sameas", "other", (budget, value, given) -> isSame(value, given.value(0)));
        comparing("== eq equalto", "==");
        comparing("!= ne", "!=");
        comparing("< lt lessthan", "<");
        comparing("<= le", "<=");
        comparing("> gt greaterthan", ">");
        comparing(">= ge", ">=");
        comparing("in", "in");
    }

    private static void asking(String name, Predicate<Object> question) {
        Builtin.define(TABLE, name, "", (budget, value, given) -> question.test(value));
    }

    private static void comparing(String names, String operator) {
        Builtin.define(TABLE, names, "other", (budget, value, given) ->
                Comparison.holds(budget, operator, value, given.value(0)));
    }

    private static Object remainder(Object value, Object divisor) {
        Numbers.toDouble(value);
        Object remainder = Numbers.calculate("%", value, divisor);
        return remainder instanceof Double number ? (Object) (number == 0 ? 0L : number == 1 ? 1L : -1L) : remainder;
    }

    /** Python's is: of equal small values there is one, of everything else each is its own. */
    private static boolean isSame(Object a, Object b) {
        boolean small = a instanceof Boolean || a instanceof Long || a instanceof TracedText;
        return a == b || small && b != null && a.getClass() == b.getClass() && a.equals(b);
    }

    static boolean holds(Budget budget, String name, Object value, Arguments arguments) {
        var test = TABLE.get(name);
        if (test == null) {
            throw unknown(name);
        }
        return (Boolean) test.apply(budget, value, arguments);
    }

    static TemplateException unknown(String name) { return TemplateException.because("no test named '%s'", name); }
}
