/**
 * The commands of {@code weft}, one file each. Read {@link io.weft.app.command.Commands} and
 * {@link io.weft.app.command.Train} first.
 */
package io.weft.app.command;
