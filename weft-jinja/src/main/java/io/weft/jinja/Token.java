package io.weft.jinja;

/**
 * One piece of a template's source.
 *
 * @param text the data, name, operator, digits or unescaped string
 * @param line counted from 1
 */
record Token(Kind kind, String text, int line) {
    enum Kind { DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, NAME, STRING, INTEGER, FRACTION, OPERATOR, END }

    boolean isName(String name) { return kind == Kind.NAME && text.equals(name); }

    boolean isOperator(String operator) { return kind == Kind.OPERATOR && text.equals(operator); }

    /** How a message names it. */
    String shown() {
        return switch (kind) {
            case PRINT_END -> "}}";
            case BLOCK_END -> "%}";
            case END -> "end of template";
            default -> text;
        };
    }
}
