/**
 * Recipes: what to tune, on which rows, how. Read {@link io.weft.recipe.Recipe} and {@link io.weft.recipe.RecipeReader}
 * first; {@code Settings} is the one table of every key with its bounds and its description, from which the reader, the
 * writer, the schema, the template and the documentation are made. May import everything but the facade and the app.
 */
package io.weft.recipe;
