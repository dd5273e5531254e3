/**
 * What mends rows, step by step, each off unless asked and each told row by row. Read {@link
 * io.weft.data.mend.MendStep}
 * and {@link io.weft.data.mend.RowStep} first. May import {@code data.clean}.
 */
package io.weft.data.mend;
