/**
 * What a recipe's keys mean, told once by the records that hold them: every record with settings describes its
 * components by a {@link io.weft.settings.Section}, from which recipes are read, written, checked, completed and
 * documented. Read {@link io.weft.settings.Section} and {@link io.weft.settings.Values} first. Imports nothing but
 * {@code problem}.
 */
package io.weft.settings;
