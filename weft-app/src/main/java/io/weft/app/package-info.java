/**
 * The {@code weft} command: a file for each command. Read {@link io.weft.app.Main} and {@link
 * io.weft.app.command.Command} first; {@code Commands} is the one table of them. May import every package; nobody may
 * import it.
 */
package io.weft.app;
