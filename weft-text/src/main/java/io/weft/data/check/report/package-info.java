/**
 * The verdicts on prepared data as {@code report.json} and {@code report.html}, in the folder of the data. Read {@link
 * io.weft.data.check.report.DataCheck} first. May import {@code data.check.rule} and {@code page}.
 */
package io.weft.data.check.report;
