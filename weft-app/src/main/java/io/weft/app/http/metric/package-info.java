/**
 * Figures of a running server in Prometheus's text format. Read {@link io.weft.app.http.metric.Metrics} first. May
 * import the library.
 */
package io.weft.app.http.metric;
