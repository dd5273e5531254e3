/**
 * Options that several commands share. Read {@link io.weft.app.option.RecipeArguments} first. May import
 * {@code terminal}.
 */
package io.weft.app.option;
