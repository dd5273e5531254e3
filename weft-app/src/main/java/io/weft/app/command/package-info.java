/**
 * The commands of {@code weft}, one file each, and their texts in {@code Help.properties} and {@code
 * Help_zh.properties}. Read {@link io.weft.app.command.Commands} and {@code Train} first. May import every package of
 * the app but {@code io.weft.app} itself.
 */
package io.weft.app.command;
