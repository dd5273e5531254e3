package io.weft.jinja;

import io.weft.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tokens to operands: a literal, a name or something in brackets, with the attributes, elements, calls, filters and
 * tests behind it.
 */
final class OperandParser {
    private static final Set<String> ENDING_TEST_ARGUMENT = Set.of("else", "or", "and");

    private final TokenStream tokens;
    private final MentionedNames mentions;
    private final ExpressionParser expressions;

    OperandParser(TokenStream tokens, MentionedNames mentions, ExpressionParser expressions) {
        this.tokens = tokens;
        this.mentions = mentions;
        this.expressions = expressions;
    }

    Expression primary() {
        var token = tokens.current();
        switch (token.kind()) {
            case NAME:
                tokens.next();
                return name(token.text());
            case STRING:
                return string();
            case INTEGER:
                tokens.next();
                return Expression.constant(Numbers.shrink(new BigInteger(token.text())));
            case FRACTION:
                tokens.next();
                return Expression.constant(Double.valueOf(token.text()));
            default:
                if (tokens.skipOperator("(")) {
                    var inside = expressions.tuple(true);
                    tokens.expectOperator(")");
                    return inside;
                } else if (tokens.skipOperator("[")) {
                    return new Operators.ListDisplay(false, separated("]", expressions::expression));
                } else if (tokens.isOperator("{")) {
                    int line = tokens.next().line();
                    return new Operators.DictDisplay(line, separated("}", this::entry));
                }
                throw tokens.unexpected("an expression");
        }
    }

    private Expression name(String name) {
        switch (name) {
            case "true", "True":
                return Expression.constant(true);
            case "false", "False":
                return Expression.constant(false);
            case "none", "None":
                return Expression.constant(null);
            default:
                mentions.name(name);
                return new Lookups.Name(name);
        }
    }

    private Expression string() {
        var text = new StringBuilder();
        while (tokens.is(Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return Expression.constant(TracedText.of(text.toString()));
    }

    private Map.Entry<Expression, Expression> entry() {
        var key = expressions.expression();
        tokens.expectOperator(":");
        return Map.entry(key, expressions.expression());
    }

    private <T> List<T> separated(String close, Supplier<T> element) {
        var all = new ArrayList<T>();
        while (!tokens.skipOperator(close)) {
            all.add(element.get());
            if (!tokens.isOperator(close)) {
                tokens.expectOperator(",");
            }
        }
        return all;
    }

    /** Dots, brackets and calls behind a value. */
    Expression postfix(Expression value) {
        var made = value;
        int links = 0;
        while (true) {
            int line = tokens.line();
            if (tokens.skipOperator(".")) {
                made = member(line, made);
            } else if (tokens.skipOperator("[")) {
                made = subscript(line, made);
            } else if (tokens.isOperator("(")) {
                made = new Lookups.Call(line, made, arguments());
            } else {
                return made;
            }
            checkLinks(++links);
        }
    }

    // each link of a chain is one level of the tree
    private void checkLinks(int links) {
        if (links > 4 * Budget.NESTING) {
            throw Budget.tooDeep().atLine(tokens.line());
        }
    }

    private Expression member(int line, Expression of) {
        var token = tokens.next();
        if (token.kind() == Kind.NAME) {
            return new Lookups.Attribute(line, of, token.text());
        } else if (token.kind() == Kind.INTEGER) {
            return new Lookups.Item(line, of, Expression.constant(Numbers.shrink(new BigInteger(token.text()))));
        }
        throw tokens.unexpected("a name or number");
    }

    private Expression subscript(int line, Expression of) {
        var first = tokens.isOperator(":") ? null : expressions.expression();
        if (tokens.skipOperator(":")) {
            var to = tokens.isOperator(":") || tokens.isOperator("]") ? null : expressions.expression();
            var step = tokens.skipOperator(":") && !tokens.isOperator("]") ? expressions.expression() : null;
            tokens.expectOperator("]");
            return new Lookups.Slice(line, of, first, to, step);
        }
        if (tokens.isOperator(",")) {
            var keys = new ArrayList<>(List.of(first));
            while (tokens.skipOperator(",")) {
                keys.add(expressions.expression());
            }
            first = new Operators.ListDisplay(true, keys);
        }
        tokens.expectOperator("]");
        return new Lookups.Item(line, of, first);
    }

    Lookups.Written arguments() {
        tokens.expectOperator("(");
        var positional = new ArrayList<Expression>();
        var named = new LinkedHashMap<String, Expression>();
        Expression rest = null, namedRest = null;
        while (!tokens.skipOperator(")")) {
            if (tokens.skipOperator("*")) {
                rest = expressions.expression();
            } else if (tokens.skipOperator("**")) {
                namedRest = expressions.expression();
            } else if (tokens.is(Kind.NAME) && tokens.following().isOperator("=")) {
                String name = tokens.name();
                tokens.next();
                named.put(name, expressions.expression());
            } else if (!named.isEmpty()) {
                throw tokens.unexpected("name=value");
            } else {
                positional.add(expressions.expression());
            }
            if (!tokens.isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Lookups.Written(positional, rest, named, namedRest);
    }

    /** Filters and tests behind a value. */
    Expression filtered(Expression value) {
        var made = value;
        int links = 0;
        while (true) {
            int line = tokens.line();
            if (tokens.skipOperator("|")) {
                made = filter(line, made);
            } else if (tokens.skipName("is")) {
                made = test(line, made);
            } else if (tokens.isOperator("(")) {
                made = new Lookups.Call(line, made, arguments());
            } else {
                return made;
            }
            checkLinks(++links);
        }
    }

    /**
     * A filter's name and arguments.
     *
     * @param of the value before the bar, or null when a block's text takes its place
     */
    Lookups.Filtered filter(int line, Expression of) {
        String name = tokens.name();
        while (tokens.skipOperator(".")) {
            name += "." + tokens.name();
        }
        if (!Filters.TABLE.containsKey(name)) {
            mentions.unknown(Filters.unknown(name).atLine(line));
        }
        return new Lookups.Filtered(line, of, name, tokens.isOperator("(") ? arguments() : Lookups.Written.NOTHING);
    }

    private Expression test(int line, Expression of) {
        boolean negated = tokens.skipName("not");
        String name = tokens.name();
        if (!Tests.TABLE.containsKey(name)) {
            mentions.unknown(Tests.unknown(name).atLine(line));
        }
        var arguments = Lookups.Written.NOTHING;
        if (tokens.isOperator("(")) {
            arguments = arguments();
        } else if (beginsTestArgument()) {
            if (tokens.isName("is")) {
                throw tokens.error("tests cannot be chained with is");
            }
            arguments = new Lookups.Written(List.of(postfix(primary())), null, Map.of(), null);
        }
        var test = new Lookups.Tested(line, of, name, arguments);
        return negated ? new Operators.Not(test) : test;
    }

    private boolean beginsTestArgument() {
        return switch (tokens.current().kind()) {
            case NAME -> !ENDING_TEST_ARGUMENT.contains(tokens.current().text());
            case STRING, INTEGER, FRACTION -> true;
            default -> tokens.isOperator("[") || tokens.isOperator("{");
        };
    }
}
