package io.weft.jinja;

import io.weft.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Tokens to expressions, by Jinja's grammar: from the loosest binding (conditional, or, and, not, comparison) to the
 * tightest (power, sign). What stands between the operators is an {@link OperandParser}'s.
 */
final class ExpressionParser {
    private final TokenStream tokens;
    private final MentionedNames mentions;
    private final OperandParser operands;

    ExpressionParser(TokenStream tokens, MentionedNames mentions) {
        this.tokens = tokens;
        this.mentions = mentions;
        this.operands = new OperandParser(tokens, mentions, this);
    }

    OperandParser operands() { return operands; }

    /** An expression, or a tuple of several between commas. */
    Expression tuple() { return tuple(false); }

    /** @param mayBeEmpty whether nothing at all is the empty tuple */
    Expression tuple(boolean mayBeEmpty) {
        var elements = new ArrayList<Expression>();
        boolean tuple = false;
        while (!endsTuple()) {
            elements.add(expression());
            if (!tokens.skipOperator(",")) {
                break;
            }
            tuple = true;
        }
        if (elements.isEmpty() && !mayBeEmpty) {
            throw tokens.unexpected("an expression");
        }
        return tuple || elements.isEmpty() ? new Operators.ListDisplay(true, elements) : elements.get(0);
    }

    private boolean endsTuple() {
        return tokens.is(Kind.PRINT_END) || tokens.is(Kind.BLOCK_END) || tokens.isOperator(")");
    }

    /** What a for loop visits: without a condition, as the word if begins the loop's own. */
    Expression iterated() {
        var first = either();
        if (!tokens.isOperator(",")) {
            return first;
        }
        var elements = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && !endsTuple() && !tokens.isName("if") && !tokens.isName("recursive")) {
            elements.add(either());
        }
        return new Operators.ListDisplay(true, elements);
    }

    Expression expression() {
        tokens.enter();
        int known = mentions.unknown();
        var value = either();
        while (tokens.skipName("if")) {
            var condition = either();
            value = new Operators.Conditional(condition, value, tokens.skipName("else") ? expression() : null);
            mentions.forgiveUnknown(known);
        }
        tokens.leave();
        return value;
    }

    private Expression either() {
        var operands = new ArrayList<>(List.of(both()));
        while (tokens.skipName("or")) {
            operands.add(both());
        }
        return operands.size() == 1 ? operands.get(0) : new Operators.Logic(true, operands);
    }

    private Expression both() {
        var operands = new ArrayList<>(List.of(negation()));
        while (tokens.skipName("and")) {
            operands.add(negation());
        }
        return operands.size() == 1 ? operands.get(0) : new Operators.Logic(false, operands);
    }

    private Expression negation() {
        if (!tokens.skipName("not")) {
            return comparison();
        }
        tokens.enter();
        var operand = negation();
        tokens.leave();
        return new Operators.Not(operand);
    }

    private Expression comparison() {
        int line = tokens.line();
        var first = sum();
        var operators = new ArrayList<String>();
        var operands = new ArrayList<Expression>();
        for (String operator = comparisonOperator(); operator != null; operator = comparisonOperator()) {
            operators.add(operator);
            operands.add(sum());
        }
        return operators.isEmpty() ? first : new Operators.Compare(line, first, operators, operands);
    }

    private String comparisonOperator() {
        if (tokens.is(Kind.OPERATOR) && Comparison.OPERATORS.contains(tokens.current().text())) {
            return tokens.next().text();
        } else if (tokens.skipName("in")) {
            return "in";
        } else if (tokens.isName("not") && tokens.following().isName("in")) {
            tokens.next();
            tokens.next();
            return "not in";
        }
        return null;
    }

    private Expression sum() { return arithmetic(Set.of("+", "-"), this::concatenation); }

    private Expression concatenation() {
        int line = tokens.line();
        var operands = new ArrayList<>(List.of(product()));
        while (tokens.skipOperator("~")) {
            operands.add(product());
        }
        return operands.size() == 1 ? operands.get(0) : new Operators.Concatenation(line, operands);
    }

    private Expression product() { return arithmetic(Set.of("*", "/", "//", "%"), this::power); }

    private Expression power() { return arithmetic(Set.of("**"), () -> signed(true)); }

    private Expression arithmetic(Set<String> operators, java.util.function.Supplier<Expression> tighter) {
        int line = tokens.line();
        var first = tighter.get();
        var used = new ArrayList<String>();
        var operands = new ArrayList<Expression>();
        while (tokens.is(Kind.OPERATOR) && operators.contains(tokens.current().text())) {
            used.add(tokens.next().text());
            operands.add(tighter.get());
        }
        return used.isEmpty() ? first : new Operators.Arithmetic(line, first, used, operands);
    }

    private Expression signed(boolean withFilters) {
        int line = tokens.line();
        Expression value;
        tokens.enter();
        if (tokens.skipOperator("-")) {
            value = new Operators.Negative(line, signed(false));
        } else {
            value = tokens.skipOperator("+") ? signed(false) : operands.primary();
        }
        value = operands.postfix(value);
        tokens.leave();
        return withFilters ? operands.filtered(value) : value;
    }
}
