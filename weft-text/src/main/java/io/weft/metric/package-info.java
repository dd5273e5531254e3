/**
 * Text metrics, each with the numbers of the Python package it is named after: ROUGE (rouge_score), BLEU (sacrebleu,
 * evaluate, NLTK), chrF (sacrebleu), exact match and classification scores (scikit-learn). Read {@link
 * io.weft.metric.CorpusTokens} first (it chooses how a corpus is cut into tokens, and says so), then {@link
 * io.weft.metric.Rouge}. Stands alone: imports nothing of Weft but {@code io.weft.problem} and {@code
 * metric.bootstrap}.
 */
package io.weft.metric;
