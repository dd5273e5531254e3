/**
 * What several raters' judgements are worth: how far they agree, and what their votes say with which certainty. Read
 * {@link io.weft.metric.agreement.KrippendorffAlpha} and {@link io.weft.metric.agreement.Bootstrap} first. Imports
 * nothing of Weft.
 */
package io.weft.metric.agreement;
