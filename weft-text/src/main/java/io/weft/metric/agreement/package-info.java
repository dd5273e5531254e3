/**
 * What several raters' judgements are worth: how far they agree, and what their votes say with which certainty. Read
 * {@link io.weft.metric.agreement.KrippendorffAlpha} and {@link io.weft.metric.agreement.UnitBootstrap} first. May
 * import {@code metric.bootstrap}.
 */
package io.weft.metric.agreement;
