package io.weft.jinja;

import java.util.List;

/** The statements without a loop of their own; loops are in {@link ForLoop}. */
final class Statements {
    private Statements() {}

    /** Text between tags. */
    record Data(TracedText data) implements Statement {
        @Override public Flow run(Frame frame, Output output) {
            frame.budget().charge(1 + data.weight());
            output.text().append(data);
            return Flow.NEXT;
        }
    }

    /** <code>{{ expression }}</code>. */
    record Print(int line, Expression expression) implements Statement {
        @Override public Flow run(Frame frame, Output output) {
            frame.budget().step(line);
            TracedText text = PythonText.str(expression.value(frame));
            frame.budget().weigh(text);
            output.text().append(text);
            return Flow.NEXT;
        }
    }

    /**
     * {@code {% if %}}, with the bodies in the scope around it.
     *
     * @param bodies one for each condition, and one more for else, which may be empty
     */
    record If(int line, List<Expression> conditions, List<List<Statement>> bodies) implements Statement {
        @Override public Flow run(Frame frame, Output output) {
            frame.budget().step(line);
            int chosen = 0;
            while (chosen < conditions.size() && !Values.truth(conditions.get(chosen).value(frame))) {
                chosen++;
            }
            return Statement.runAll(bodies.get(chosen), frame, output);
        }
    }

    /** {@code {% break %}} and {@code {% continue %}}. */
    record Leave(Flow flow) implements Statement {
        @Override public Flow run(Frame frame, Output output) { return flow; }
    }

    /** {@code {% set target = value %}}. */
    record Set(int line, Target target, Expression value) implements Statement {
        @Override public Flow run(Frame frame, Output output) {
            frame.budget().step(line);
            target.assign(frame, value.value(frame));
            return Flow.NEXT;
        }
    }

    /** {@code {% set target %} ... {% endset %}}, the text of the block run through filters. */
    record SetBlock(int line, Target target, List<Statement> body, List<Lookups.Filtered> filters)
            implements Statement {
        @Override public Flow run(Frame frame, Output output) {
            frame.budget().step(line);
            target.assign(frame, filtered(frame, body, filters, output));
            return Flow.NEXT;
        }
    }

    /** {@code {% filter upper %} ... {% endfilter %}}. */
    record FilterBlock(int line, List<Lookups.Filtered> filters, List<Statement> body) implements Statement {
        @Override public Flow run(Frame frame, Output output) {
            frame.budget().step(line);
            output.text().append(PythonText.str(filtered(frame, body, filters, output)));
            return Flow.NEXT;
        }
    }

    private static Object filtered(Frame frame, List<Statement> body, List<Lookups.Filtered> filters, Output output) {
        Object value = Statement.captured(body, frame.inner(), output);
        frame.budget().weigh(value);
        for (var filter : filters) {
            value = filter.apply(frame, value);
        }
        return value;
    }

    /** {@code {% with a = 1 %} ... {% endwith %}}: values are those of the scope around it. */
    record With(int line, List<Target> targets, List<Expression> values, List<Statement> body) implements Statement {
        @Override public Flow run(Frame frame, Output output) {
            frame.budget().step(line);
            var inner = frame.inner();
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(inner, values.get(i).value(frame));
            }
            return Statement.runAll(body, inner, output);
        }
    }

    /** {@code {% generation %} ... {% endgeneration %}}: what it writes is the assistant's. */
    record Generation(int line, List<Statement> body) implements Statement {
        @Override public Flow run(Frame frame, Output output) {
            frame.budget().step(line);
            int start = output.text().length();
            var flow = Statement.runAll(body, frame.inner(), output);
            output.markGenerated(start);
            return flow;
        }
    }

    /** {@code {% macro name(a, b=1) %} ... {% endmacro %}}. */
    record DefineMacro(int line, Macro.Definition definition) implements Statement {
        @Override public Flow run(Frame frame, Output output) {
            frame.budget().step(line);
            frame.set(definition.name(), new Macro(definition, frame, output));
            return Flow.NEXT;
        }
    }

    /** {@code {% call name(a) %} ... {% endcall %}}: calls the macro, which may call the block as caller(). */
    record CallBlock(int line, Lookups.Call call, Macro.Definition block) implements Statement {
        @Override public Flow run(Frame frame, Output output) {
            frame.budget().step(line);
            output.text().append(PythonText.str(call.value(frame, new Macro(block, frame, output))));
            return Flow.NEXT;
        }
    }
}
