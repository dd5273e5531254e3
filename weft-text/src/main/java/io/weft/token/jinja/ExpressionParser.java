package io.weft.token.jinja;

import io.weft.token.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tokens to expressions, by Jinja's grammar: from the loosest binding (conditional, or, and, not, comparison) to the tightest (power, sign, postfix, filter). */
final class ExpressionParser {
    private static final Set<String> ENDING_TEST_ARGUMENT = Set.of("else", "or", "and");

    /** A filter or test that this package does not know. It is an error of the template, unless a condition may keep it from being reached: then only reaching it is. */
    record Unknown(String name, TemplateException error) {}

    private final TokenStream tokens;
    private final List<Unknown> unknown = new ArrayList<>();
    private Set<String> names = new HashSet<>();
    private int depth;

    ExpressionParser(TokenStream tokens) { this.tokens = tokens; }

    /** What is unknown so far; a conditional statement takes back what was added inside it. */
    List<Unknown> unknown() { return unknown; }

    /** Starts a new set of the names that expressions speak of. @return the old one */
    Set<String> collectNames(Set<String> into) {
        var before = names;
        names = into;
        return before;
    }

    void enter() {
        if (++depth > Budget.NESTING) {
            throw Budget.tooDeep().atLine(tokens.line());
        }
    }

    void leave() { depth--; }

    /** An expression, or a tuple of several between commas. */
    Expression tuple() { return tuple(false); }

    private Expression tuple(boolean mayBeEmpty) {
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

    private boolean endsTuple() { return tokens.is(Kind.PRINT_END) || tokens.is(Kind.BLOCK_END) || tokens.isOperator(")"); }

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
        enter();
        int known = unknown.size();
        var value = either();
        while (tokens.skipName("if")) {
            var condition = either();
            value = new Operators.Conditional(condition, value, tokens.skipName("else") ? expression() : null);
            unknown.subList(known, unknown.size()).clear();
        }
        leave();
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
        enter();
        var operand = negation();
        leave();
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
        enter();
        if (tokens.skipOperator("-")) {
            value = new Operators.Negative(line, signed(false));
        } else {
            value = tokens.skipOperator("+") ? signed(false) : primary();
        }
        value = postfix(value);
        leave();
        return withFilters ? filtered(value) : value;
    }

    private Expression primary() {
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
                    var inside = tuple(true);
                    tokens.expectOperator(")");
                    return inside;
                } else if (tokens.skipOperator("[")) {
                    return new Operators.ListDisplay(false, separated("]", this::expression));
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
                names.add(name);
                return new Lookups.Name(name);
        }
    }

    private Expression string() {
        var text = new StringBuilder();
        while (tokens.is(Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return Expression.constant(Text.of(text.toString()));
    }

    private Map.Entry<Expression, Expression> entry() {
        var key = expression();
        tokens.expectOperator(":");
        return Map.entry(key, expression());
    }

    private <T> List<T> separated(String close, java.util.function.Supplier<T> element) {
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
    private Expression postfix(Expression value) {
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
        var first = tokens.isOperator(":") ? null : expression();
        if (tokens.skipOperator(":")) {
            var to = tokens.isOperator(":") || tokens.isOperator("]") ? null : expression();
            var step = tokens.skipOperator(":") && !tokens.isOperator("]") ? expression() : null;
            tokens.expectOperator("]");
            return new Lookups.Slice(line, of, first, to, step);
        }
        if (tokens.isOperator(",")) {
            var keys = new ArrayList<>(List.of(first));
            while (tokens.skipOperator(",")) {
                keys.add(expression());
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
                rest = expression();
            } else if (tokens.skipOperator("**")) {
                namedRest = expression();
            } else if (tokens.is(Kind.NAME) && tokens.following().isOperator("=")) {
                String name = tokens.name();
                tokens.next();
                named.put(name, expression());
            } else if (!named.isEmpty()) {
                throw tokens.unexpected("name=value");
            } else {
                positional.add(expression());
            }
            if (!tokens.isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Lookups.Written(positional, rest, named, namedRest);
    }

    /** Filters and tests behind a value. */
    private Expression filtered(Expression value) {
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

    /** A filter's name and arguments. @param of the value before the bar, or null when a block's text takes its place */
    Lookups.Filtered filter(int line, Expression of) {
        String name = tokens.name();
        while (tokens.skipOperator(".")) {
            name += "." + tokens.name();
        }
        if (!Filters.TABLE.containsKey(name)) {
            unknown.add(new Unknown(name, Filters.unknown(name).atLine(line)));
        }
        return new Lookups.Filtered(line, of, name, tokens.isOperator("(") ? arguments() : Lookups.Written.NOTHING);
    }

    private Expression test(int line, Expression of) {
        boolean negated = tokens.skipName("not");
        String name = tokens.name();
        if (!Tests.TABLE.containsKey(name)) {
            unknown.add(new Unknown(name, Tests.unknown(name).atLine(line)));
        }
        var arguments = Lookups.Written.NOTHING;
        if (tokens.isOperator("(")) {
            arguments = arguments();
        } else if (beginsTestArgument()) {
            if (tokens.isName("is")) {
                throw tokens.error("tests cannot be chained with is", "不能用 is 串联多个测试");
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
