/**
 * Looks at the machine that Weft is to run on. Read {@link io.weft.app.doctor.Examination} (every check in its order)
 * and {@link io.weft.app.doctor.Finding} first. May import what the command may.
 */
package io.weft.app.doctor;
