/**
 * What the text of an answer must be, decided token by token: a regular expression or a JSON schema becomes a grammar
 * over bytes, and that tells which tokens of a vocabulary may follow. Read {@link io.weft.token.form.Form} and {@link
 * io.weft.token.form.Grammar} first. May import {@code token} and what that may.
 */
package io.weft.token.form;
