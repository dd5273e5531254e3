/**
 * Models that answer while data are prepared: a folder's, or a service's, each with a log by which nothing is asked
 * twice. Read {@link io.weft.answering.OpenedModels} first. May import {@code loaded}, {@code endpoint} and {@code
 * data.prepare}.
 */
package io.weft.answering;
