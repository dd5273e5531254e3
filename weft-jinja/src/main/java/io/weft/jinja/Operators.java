package io.weft.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Arithmetic, comparison and logic. Chains of one operator are one node, so that a long sum is no deep tree. */
final class Operators {
    private Operators() {}

    /** {@code first + a - b ...}: from left to right. */
    record Arithmetic(int line, Expression first, List<String> operators, List<Expression> operands)
            implements Expression {
        @Override public Object value(Frame frame) {
            Object value = first.value(frame);
            for (int i = 0; i < operators.size(); i++) {
                Object operand = operands.get(i).value(frame);
                frame.budget().step(line);
                value = calculate(frame.budget(), operators.get(i), value, operand);
                frame.budget().weigh(value);
            }
            return value;
        }
    }

    /** {@code a < b <= c ...}: each neighbouring pair must hold; what follows a failure is not evaluated. */
    record Compare(int line, Expression first, List<String> operators, List<Expression> operands)
            implements Expression {
        @Override public Object value(Frame frame) {
            Object left = first.value(frame);
            for (int i = 0; i < operators.size(); i++) {
                Object right = operands.get(i).value(frame);
                frame.budget().step(line);
                if (!Comparison.holds(frame.budget(), operators.get(i), left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }
    }

    /** {@code a and b ...}, {@code a or b ...}: the first operand that decides, else the last. */
    record Logic(boolean decidedBy, List<Expression> operands) implements Expression {
        @Override public Object value(Frame frame) {
            Object value = null;
            for (var operand : operands) {
                value = operand.value(frame);
                if (Values.truth(value) == decidedBy) {
                    return value;
                }
            }
            return value;
        }
    }

    record Not(Expression operand) implements Expression {
        @Override public Object value(Frame frame) { return !Values.truth(operand.value(frame)); }
    }

    record Negative(int line, Expression operand) implements Expression {
        @Override public Object value(Frame frame) {
            Object value = operand.value(frame);
            frame.budget().step(line);
            return Numbers.negate(value);
        }
    }

    /** {@code a ~ b ...}: the texts of all, joined. */
    record Concatenation(int line, List<Expression> operands) implements Expression {
        @Override public Object value(Frame frame) {
            var made = new TextBuilder();
            for (var operand : operands) {
                Object value = operand.value(frame);
                frame.budget().step(line);
                made.append(PythonText.str(value));
            }
            TracedText text = made.toText();
            frame.budget().weigh(text);
            return text;
        }
    }

    /** {@code a if condition else b}. @param otherwise null when there is no else */
    record Conditional(Expression condition, Expression then, Expression otherwise) implements Expression {
        @Override public Object value(Frame frame) {
            if (Values.truth(condition.value(frame))) {
                return then.value(frame);
            }
            return otherwise != null ? otherwise.value(frame)
                    : new Undefined("the inline if-expression evaluated to false and no else section was defined");
        }
    }

    /** One arithmetic operator, with Python's meanings for texts and lists. */
    static Object calculate(Budget budget, String operator, Object a, Object b) {
        Undefined.refuse(a);
        boolean pattern = operator.equals("%") && a instanceof TracedText;
        if (!pattern) {
            Undefined.refuse(b);
        }
        if (pattern) {
            return PercentFormat.format(budget, (TracedText) a, b);
        } else if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.calculate(operator, a, b);
        } else if (operator.equals("+") && a instanceof TracedText x && b instanceof TracedText y) {
            return Markup.concatenate(x, y);
        } else if (operator.equals("+") && isPlainList(a) && isPlainList(b)
                && (a instanceof Tuple) == (b instanceof Tuple)) {
            return joined((List<?>) a, (List<?>) b);
        } else if (operator.equals("*") && isRepeatable(a) && isCount(b)) {
            return repeated(a, b);
        } else if (operator.equals("*") && isRepeatable(b) && isCount(a)) {
            return repeated(b, a);
        } else if (operator.equals("+") && a instanceof TracedText) {
            throw TemplateException.because("can only concatenate str (not \"%s\") to str", Values.typeName(b));
        }
        throw TemplateException.because("unsupported operand types for %s: '%s' and '%s'",
            operator, Values.typeName(a), Values.typeName(b));
    }

    private static boolean isPlainList(Object value) { return value instanceof List && !(value instanceof Range); }

    private static boolean isRepeatable(Object value) { return value instanceof TracedText || isPlainList(value); }

    private static boolean isCount(Object value) { return Numbers.isInteger(value) || value instanceof Boolean; }

    private static Object joined(List<?> a, List<?> b) {
        var all = new ArrayList<Object>(Budget.listSize((long) a.size() + b.size()));
        all.addAll(a);
        all.addAll(b);
        return a instanceof Tuple ? new Tuple(all) : all;
    }

    private static Object repeated(Object value, Object count) {
        long times = Math.max(0, Numbers.toLong(count));
        if (value instanceof TracedText text) {
            return new TextBuilder().repeat(text, times).toText().asSafe(text.safe());
        }
        var list = (List<?>) value;
        if (list.isEmpty()) {
            return value;
        }
        Budget.listSize(times > Budget.LONGEST_LIST ? times : times * list.size());
        var all = new ArrayList<Object>();
        Collections.nCopies((int) times, list).forEach(all::addAll);
        return value instanceof Tuple ? new Tuple(all) : all;
    }

    /** {@code [a, b]} and {@code (a, b)}. */
    record ListDisplay(boolean tuple, List<Expression> elements) implements Expression {
        @Override public Object value(Frame frame) {
            frame.budget().charge(elements.size());
            var values = new ArrayList<>(elements.size());
            for (var element : elements) {
                values.add(element.value(frame));
            }
            return tuple ? new Tuple(values) : values;
        }
    }

    /** <code>{a: b}</code>. */
    record DictDisplay(int line, List<Map.Entry<Expression, Expression>> entries) implements Expression {
        @Override public Object value(Frame frame) {
            var map = new java.util.LinkedHashMap<>();
            for (var entry : entries) {
                Object key = entry.getKey().value(frame), value = entry.getValue().value(frame);
                frame.budget().step(line);
                map.put(Values.key(frame.budget(), key), value);
            }
            return map;
        }
    }
}
