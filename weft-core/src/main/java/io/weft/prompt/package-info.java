/**
 * Searching a plain text that makes a frozen model do a task better, put before everything that it is asked. Read
 * {@link io.weft.prompt.Search} (the search from its beginning to the table) and {@link io.weft.prompt.Trials} (what
 * one try costs and how it is remembered) first. May import {@code evaluate}, {@code data.prepare} and what is below
 * them.
 */
package io.weft.prompt;
