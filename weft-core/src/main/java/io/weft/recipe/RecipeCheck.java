package io.weft.recipe;

/**
 * A check that needs more than the recipe's text, such as the model's config.json. What it finds is told with
 * everything else, with the place where the setting was given.
 */
@FunctionalInterface
public interface RecipeCheck {
    /** @param recipe whole, with defaults where a setting has a problem already  @param findings takes what is wrong */
    void check(Recipe recipe, Findings findings);
}
