package io.weft.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Expressions that reach for something: a name, an attribute, an element, a slice, a call, a filter, a test. */
final class Lookups {
    private Lookups() {}

    record Name(String name) implements Expression {
        @Override public Object value(Frame frame) {
            frame.budget().charge(1);
            return frame.get(name);
        }
    }

    record Attribute(int line, Expression of, String name) implements Expression {
        @Override public Object value(Frame frame) {
            Object value = of.value(frame);
            frame.budget().step(line);
            return Access.attribute(frame.budget(), value, name);
        }
    }

    record Item(int line, Expression of, Expression key) implements Expression {
        @Override public Object value(Frame frame) {
            Object value = of.value(frame), at = key.value(frame);
            frame.budget().step(line);
            frame.budget().weigh(value);
            return Access.item(frame.budget(), value, at);
        }
    }

    /** Each bound may be null. */
    record Slice(int line, Expression of, Expression from, Expression to, Expression step) implements Expression {
        @Override public Object value(Frame frame) {
            Object value = of.value(frame), first = optional(from, frame), end = optional(to, frame),
                    pace = optional(step, frame);
            frame.budget().step(line);
            frame.budget().weigh(value);
            return Access.slice(value, first, end, pace);
        }

        private static Object optional(Expression bound, Frame frame) {
            return bound == null ? null : bound.value(frame);
        }
    }

    record Call(int line, Expression function, Written arguments) implements Expression {
        @Override public Object value(Frame frame) { return value(frame, null); }

        /** @param caller the block of a call statement, or null */
        Object value(Frame frame, Callable caller) {
            Object callee = function.value(frame);
            var values = arguments.values(frame, caller);
            frame.budget().step(line);
            if (Undefined.refuse(callee) instanceof Callable callable) {
                return callable.call(frame.budget(), values);
            }
            throw TemplateException.because("'%s' object is not callable", Values.typeName(callee));
        }
    }

    record Filtered(int line, Expression of, String filter, Written arguments) implements Expression {
        @Override public Object value(Frame frame) { return apply(frame, of.value(frame)); }

        Object apply(Frame frame, Object value) {
            var values = arguments.values(frame, null);
            frame.budget().step(line);
            return Filters.apply(frame.budget(), filter, value, values);
        }
    }

    record Tested(int line, Expression of, String test, Written arguments) implements Expression {
        @Override public Object value(Frame frame) {
            Object value = of.value(frame);
            var values = arguments.values(frame, null);
            frame.budget().step(line);
            return Tests.holds(frame.budget(), test, value, values);
        }
    }

    /**
     * The arguments of a call as written.
     *
     * @param rest behind one star, or null
     * @param named by keyword
     * @param namedRest behind two stars, or null
     */
    record Written(List<Expression> positional, Expression rest, Map<String, Expression> named, Expression namedRest) {
        static final Written NOTHING = new Written(List.of(), null, Map.of(), null);

        Arguments values(Frame frame, Callable caller) {
            var list = new ArrayList<>(positional.size());
            for (var argument : positional) {
                list.add(argument.value(frame));
            }
            if (rest != null) {
                list.addAll(Values.iterate(frame.budget(), rest.value(frame)));
            }
            if (named.isEmpty() && namedRest == null && caller == null) {
                return new Arguments(list, Map.of());
            }
            var byName = new LinkedHashMap<String, Object>();
            named.forEach((name, argument) -> byName.put(name, argument.value(frame)));
            if (namedRest != null) {
                addNamed(byName, namedRest.value(frame));
            }
            if (caller != null) {
                byName.put(Macro.CALLER, caller);
            }
            return new Arguments(list, byName);
        }

        private static void addNamed(Map<String, Object> byName, Object value) {
            if (!(value instanceof Map<?, ?> map)) {
                throw TemplateException.because("the argument after ** must be a mapping, found %s",
                        Values.typeName(value));
            }
            map.forEach((name, argument) -> byName.put(Values.text(name).toString(), argument));
        }
    }
}
