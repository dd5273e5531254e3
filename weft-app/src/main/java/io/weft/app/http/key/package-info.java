/**
 * Who a client is, and how much it may ask: keys by name, from the command line or a file, and what each may spend a
 * minute. Read {@link io.weft.app.http.key.ApiKeys} and {@link io.weft.app.http.key.Allowance} first. May import the
 * library.
 */
package io.weft.app.http.key;
