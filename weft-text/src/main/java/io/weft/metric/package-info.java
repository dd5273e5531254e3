/**
 * Text metrics: ROUGE, BLEU, exact match, classification scores. Stands alone: imports nothing of Weft but {@code io.weft.problem}.
 */
package io.weft.metric;
