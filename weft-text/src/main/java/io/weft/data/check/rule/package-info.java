/**
 * The rules of good data, one a file, and {@link io.weft.data.check.rule.Checks}, the table of them. Each states its
 * thresholds with their reason. May import {@code data.check}.
 */
package io.weft.data.check.rule;
