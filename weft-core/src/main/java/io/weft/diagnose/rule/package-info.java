/**
 * The rules by which a run is diagnosed, one a file. Read {@link io.weft.diagnose.rule.Rules} first. May import {@code
 * diagnose} and below.
 */
package io.weft.diagnose.rule;
