/**
 * What a user is told. Read {@link io.weft.problem.UserError} (a mistake of the user's, with every problem found at
 * once) and {@link io.weft.problem.Language} (English and Chinese side by side where a text is written). Imports
 * nothing of Weft; every package may import it.
 */
package io.weft.problem;
