package io.weft.jinja;

import java.util.List;

/** The tokens of a template and the place where its parser stands. */
final class TokenStream {
    private final List<Token> tokens;
    private int at;
    private int depth;

    TokenStream(List<Token> tokens) { this.tokens = tokens; }

    /** One level of nesting deeper. @throws TemplateException beyond the limit */
    void enter() {
        if (++depth > Budget.NESTING) {
            throw Budget.tooDeep().atLine(line());
        }
    }

    void leave() { depth--; }

    Token current() { return tokens.get(at); }

    Token following() { return tokens.get(Math.min(at + 1, tokens.size() - 1)); }

    int line() { return current().line(); }

    Token next() {
        var token = current();
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean is(Token.Kind kind) { return current().kind() == kind; }

    boolean isName(String name) { return current().isName(name); }

    boolean isOperator(String operator) { return current().isOperator(operator); }

    boolean skipName(String name) { return isName(name) && next() != null; }

    boolean skipOperator(String operator) { return isOperator(operator) && next() != null; }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected(name);
        }
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    void expect(Token.Kind kind, String shown) {
        if (!is(kind)) {
            throw unexpected(shown);
        }
        next();
    }

    String name() {
        if (!is(Token.Kind.NAME)) {
            throw unexpected("a name");
        }
        return next().text();
    }

    TemplateException unexpected(String expected) {
        return error("expected %s, found '%s'", expected, current().shown());
    }

    TemplateException error(String format, Object... arguments) {
        return TemplateException.because(format, arguments).atLine(line());
    }
}
