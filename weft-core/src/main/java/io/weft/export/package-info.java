/**
 * Tuned models as other tools want them. Read {@link io.weft.export.Exporter}. May import {@code model}, {@code tune}
 * and what is below them.
 */
package io.weft.export;
