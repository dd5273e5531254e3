package io.weft.jinja;

import java.util.List;

/** Something that writes, assigns or decides. */
interface Statement {
    /** Where the rendering goes on: at the next statement, behind the innermost loop, or with that loop's next turn. */
    enum Flow { NEXT, BREAK, CONTINUE }

    Flow run(Frame frame, Output output);

    /** Statements one after the other, until one leaves the loop that they are in. */
    static Flow runAll(List<Statement> statements, Frame frame, Output output) {
        for (var statement : statements) {
            var flow = statement.run(frame, output);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    /**
     * The text that statements write, kept apart from the output: the value of a macro, a set block or a filter block.
     */
    static TracedText captured(List<Statement> statements, Frame frame, Output output) {
        var apart = output.apart();
        runAll(statements, frame, apart);
        return apart.text().toText();
    }
}
