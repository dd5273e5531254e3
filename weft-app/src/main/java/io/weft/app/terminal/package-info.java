/**
 * What a terminal shows and tells: its width, colours, tables, signals, a conversation. Knows no command.
 */
package io.weft.app.terminal;
