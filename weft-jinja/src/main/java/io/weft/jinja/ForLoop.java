package io.weft.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code {% for target in elements if condition recursive %} ... {% else %} ... {% endfor %}}.
 * @param condition null when there is none  @param otherwise run when nothing was visited
 */
record ForLoop(int line, Target target, Expression elements, Expression condition, boolean recursive,
        List<Statement> body, List<Statement> otherwise)
    implements Statement {

    @Override public Flow run(Frame frame, Output output) {
        frame.budget().step(line);
        return run(frame, output, elements.value(frame), 0);
    }

    private Flow run(Frame frame, Output output, Object value, int depth) {
        var visited = visited(frame, value);
        if (visited.isEmpty()) {
            return Statement.runAll(otherwise, frame.inner(), output);
        }
        var loop = new Loop(visited, depth, recursive ? (children, below) -> descend(frame, output, children, below)
                : null);
        for (int i = 0; i < visited.size(); i++) {
            frame.budget().step(line);
            loop.moveTo(i);
            var inner = frame.inner();
            target.assign(inner, visited.get(i));
            inner.set("loop", loop);
            if (Statement.runAll(body, inner, output) == Flow.BREAK) {
                break;
            }
        }
        return Flow.NEXT;
    }

    private List<Object> visited(Frame frame, Object value) {
        var all = Values.iterate(frame.budget(), value);
        if (condition == null) {
            return all;
        }
        var kept = new ArrayList<>();
        for (Object element : all) {
            var inner = frame.inner();
            target.assign(inner, element);
            if (Values.truth(condition.value(inner))) {
                kept.add(element);
            }
        }
        return kept;
    }

    private TracedText descend(Frame frame, Output output, Object children, int depth) {
        var apart = output.apart();
        run(frame, apart, children, depth);
        return apart.text().toText();
    }
}
