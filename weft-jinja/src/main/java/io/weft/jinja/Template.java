package io.weft.jinja;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A parsed template: <pre>{@code Template.parse("{{ messages[0].content }}").render(Map.of("messages",
 * messages)).text()}</pre>
 * Renders what Jinja2 renders as {@code transformers} sets it up, within a budget: at most a million steps, 64 levels
 * of nesting, lists of 100,000 elements and 8 M characters
 * of text; what goes beyond ends as a {@link TemplateException}. Immutable, so threads may share one.
 */
public final class Template {
    private final List<Statement> body;
    private final boolean marksGeneration;
    private final Set<String> names;

    private Template(List<Statement> body, boolean marksGeneration, Set<String> names) {
        this.body = body;
        this.marksGeneration = marksGeneration;
        this.names = Set.copyOf(names);
    }

    /** @throws TemplateException with the line, where the source is no template */
    public static Template parse(String source) {
        var parser = new Parser(source);
        return new Template(parser.template(), parser.marksGeneration(), parser.names());
    }

    /** Whether the template says with {@code {% generation %}} blocks which words are the assistant's. */
    public boolean marksGeneration() { return marksGeneration; }

    /** Whether the source reads a name, as it reads each variable that it knows. */
    public boolean reads(String name) { return names.contains(name); }

    /** Renders with the date of today where the template asks for it. See {@link #render(Map, Clock)}. */
    public Rendering render(Map<String, ?> variables) { return render(variables, Clock.systemDefaultZone()); }

    /**
     * @param variables null, booleans, numbers, strings, {@link TracedText}s, and collections and maps of these; a
     *     string is the template's own, a text brings its origin
     * @param clock     what strftime_now looks at
     * @throws TemplateException with the line, when the template fails, refuses its input by raise_exception, or goes
     *     beyond its budget
     */
    public Rendering render(Map<String, ?> variables, Clock clock) {
        var budget = new Budget();
        var globals = Frame.outermost(budget);
        Globals.addTo(globals, clock);
        var frame = globals.inner();
        variables.forEach((name, value) -> frame.set(name, Values.fromJava(value)));
        var output = new Output();
        try {
            Statement.runAll(body, frame, output);
        } catch (TemplateException e) {
            throw e.atLine(budget.line());
        } catch (StackOverflowError e) {
            throw Budget.tooDeep().atLine(budget.line());
        }
        return output.rendering();
    }
}
