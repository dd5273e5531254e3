/**
 * From a file of rows to a data folder: clean, split, written once, with a manifest and a report. Read {@link
 * io.weft.data.prepare.Preparation} and {@link io.weft.data.prepare.PreparedData} first. May import {@code data.clean}.
 */
package io.weft.data.prepare;
