package io.weft.jinja;

import io.weft.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tokens to statements. */
final class Parser {
    private final TokenStream tokens;
    private final MentionedNames mentions = new MentionedNames();
    private final ExpressionParser expressions;
    private int loops;
    private boolean marksGeneration;

    Parser(String source) {
        tokens = new TokenStream(Lexer.tokens(source));
        expressions = new ExpressionParser(tokens, mentions);
    }

    /** The whole template. @throws TemplateException with the line, where it is none */
    List<Statement> template() {
        var body = body(Set.of());
        if (!tokens.is(Kind.END)) {
            throw tokens.error("unexpected tag '%s'", tokens.following().shown());
        }
        mentions.firstUnknown().ifPresent(error -> {
            throw error;
        });
        return body;
    }

    /** Whether a {@code {% generation %}} block was met. */
    boolean marksGeneration() { return marksGeneration; }

    /** The names that it reads. */
    Set<String> names() { return mentions.names(); }

    /**
     * Statements up to a tag with one of these names, which is left behind its opening: {@code if} wants to know which
     * it was.
     */
    private List<Statement> body(Set<String> ends) {
        var statements = new ArrayList<Statement>();
        tokens.enter();
        while (!tokens.is(Kind.END)) {
            int line = tokens.line();
            if (tokens.is(Kind.DATA)) {
                statements.add(new Statements.Data(TracedText.of(tokens.next().text())));
            } else if (tokens.is(Kind.PRINT_BEGIN)) {
                tokens.next();
                statements.add(new Statements.Print(line, expressions.tuple()));
                tokens.expect(Kind.PRINT_END, "}}");
            } else if (ends.contains(tokens.following().text()) && tokens.following().kind() == Kind.NAME) {
                tokens.next();
                tokens.leave();
                return statements;
            } else if (ends.isEmpty() && tokens.following().text().matches("end.*|else|elif")) {
                break;
            } else {
                tokens.next();
                statements.add(statement(line));
            }
        }
        if (!ends.isEmpty()) {
            throw tokens.error("the template ends before %s", String.join(" / ", ends));
        }
        tokens.leave();
        return statements;
    }

    /** The body of a block that ends with a tag of this name. */
    private List<Statement> bodyUntil(String end) {
        var body = body(Set.of(end));
        tokens.expectName(end);
        endTag();
        return body;
    }

    private void endTag() { tokens.expect(Kind.BLOCK_END, "%}"); }

    private Statement statement(int line) {
        String tag = tokens.name();
        return switch (tag) {
            case "if" -> conditional(line);
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "macro" -> macro(line);
            case "call" -> call(line);
            case "filter" -> filter(line);
            case "with" -> with(line);
            case "generation" -> generation(line);
            case "break" -> leave(line, Statement.Flow.BREAK);
            case "continue" -> leave(line, Statement.Flow.CONTINUE);
            default -> throw TemplateException.because("unknown tag '%s'", tag).atLine(line);
        };
    }

    private Statement conditional(int line) {
        int known = mentions.unknown();
        var conditions = new ArrayList<Expression>();
        var bodies = new ArrayList<List<Statement>>();
        String tag;
        do {
            conditions.add(expressions.tuple());
            endTag();
            bodies.add(body(Set.of("elif", "else", "endif")));
            tag = tokens.name();
        } while (tag.equals("elif"));
        endTag();
        bodies.add(tag.equals("else") ? bodyUntil("endif") : List.of());
        mentions.forgiveUnknown(known);
        return new Statements.If(line, conditions, bodies);
    }

    private Statement loop(int line) {
        var target = target("in");
        tokens.expectName("in");
        var elements = expressions.iterated();
        var condition = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        endTag();
        loops++;
        var body = body(Set.of("else", "endfor"));
        loops--;
        boolean hasElse = tokens.name().equals("else");
        endTag();
        return new ForLoop(line, target, elements, condition, recursive, body, hasElse ? bodyUntil("endfor")
                : List.of());
    }

    private Statement leave(int line, Statement.Flow flow) {
        if (loops == 0) {
            throw TemplateException.because("break and continue belong inside a for loop").atLine(line);
        }
        endTag();
        return new Statements.Leave(flow);
    }

    private Statement assignment(int line) {
        var target = target("=");
        if (tokens.skipOperator("=")) {
            var value = expressions.tuple();
            endTag();
            return new Statements.Set(line, target, value);
        }
        var filters = new ArrayList<Lookups.Filtered>();
        while (tokens.skipOperator("|")) {
            filters.add(expressions.operands().filter(line, null));
        }
        endTag();
        return new Statements.SetBlock(line, target, bodyUntil("endset"), filters);
    }

    private Statement filter(int line) {
        var filters = new ArrayList<Lookups.Filtered>();
        do {
            filters.add(expressions.operands().filter(line, null));
        } while (tokens.skipOperator("|"));
        endTag();
        return new Statements.FilterBlock(line, filters, bodyUntil("endfilter"));
    }

    private Statement with(int line) {
        var targets = new ArrayList<Target>();
        var values = new ArrayList<Expression>();
        while (!tokens.is(Kind.BLOCK_END)) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(target("="));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        endTag();
        return new Statements.With(line, targets, values, bodyUntil("endwith"));
    }

    private Statement generation(int line) {
        marksGeneration = true;
        endTag();
        return new Statements.Generation(line, bodyUntil("endgeneration"));
    }

    private Statement macro(int line) {
        return new Statements.DefineMacro(line, definition(tokens.name(), "endmacro"));
    }

    private Statement call(int line) {
        var block = new ArrayList<Expression>();
        var parameters = tokens.isOperator("(") ? signature(block) : List.<String>of();
        if (!(expressions.expression() instanceof Lookups.Call call)) {
            throw tokens.error("a call block needs a call");
        }
        return new Statements.CallBlock(line, call, definition(Macro.CALLER, parameters, block, "endcall"));
    }

    private Macro.Definition definition(String name, String end) {
        var defaults = new ArrayList<Expression>();
        return definition(name, signature(defaults), defaults, end);
    }

    /** The body of a macro; which of varargs, kwargs and caller it speaks of decides what it accepts. */
    private Macro.Definition definition(String name, List<String> parameters, List<Expression> defaults, String end) {
        endTag();
        int outerLoops = loops;
        loops = 0;
        var names = new HashSet<String>();
        var outer = mentions.collectNames(names);
        var body = bodyUntil(end);
        mentions.collectNames(outer);
        outer.addAll(names);
        loops = outerLoops;
        return new Macro.Definition(name, parameters, defaults, body, names);
    }

    /** Parameters between brackets. @param defaults takes one element for each, null where there is no default */
    private List<String> signature(List<Expression> defaults) {
        var parameters = new ArrayList<String>();
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            parameters.add(tokens.name());
            defaults.add(tokens.skipOperator("=") ? expressions.expression() : null);
        }
        return parameters;
    }

    /**
     * One name, a namespace's attribute, or several names between commas.
     *
     * @param end what stands behind: "in" or "="
     */
    private Target target(String end) {
        boolean brackets = tokens.skipOperator("(");
        var targets = new ArrayList<Target>();
        boolean several = false;
        do {
            if (brackets && tokens.isOperator(")") || several && (tokens.isName(end) || tokens.isOperator(end))) {
                break;
            }
            String name = tokens.name();
            targets.add(end.equals("=") && tokens.skipOperator(".") ? Target.attribute(name, tokens.name())
                    : Target.name(name));
            several |= tokens.isOperator(",");
        } while (tokens.skipOperator(","));
        if (brackets) {
            tokens.expectOperator(")");
        }
        if (targets.isEmpty()) {
            throw tokens.unexpected("a name");
        }
        return several ? Target.unpacking(targets) : targets.get(0);
    }
}
