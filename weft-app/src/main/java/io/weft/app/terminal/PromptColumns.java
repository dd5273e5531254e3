package io.weft.app.terminal;

import io.weft.prompt.PromptTable;

/** What a prompt changed, as aligned text: what it was measured on above the table. */
public final class PromptColumns {
    private final PromptTable table;

    public PromptColumns(PromptTable table) { this.table = table; }

    /** Ends with a line break. */
    public String text() {
        StringBuilder text = new StringBuilder();
        table.conditions().forEach(line -> text.append(line).append('\n'));
        text.append('\n');
        text.append(TextTable.of(table.cells(), false));
        return text.toString();
    }
}
