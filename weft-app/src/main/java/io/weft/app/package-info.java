/**
 * The {@code weft} process. Read {@link io.weft.app.Main} and {@link io.weft.app.command.Commands}, the table of the
 * commands, first. May import every package; nobody may import it.
 */
package io.weft.app;
