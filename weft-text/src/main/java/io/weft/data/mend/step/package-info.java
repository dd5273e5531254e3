/**
 * The table of mending steps, and those that lean on packages of their own: masks, decisions, augmentation. Read {@link
 * io.weft.data.mend.step.MendSteps} first. May import {@code data.mend}, {@code data.personal}, {@code data.review} and
 * {@code data.augment}.
 */
package io.weft.data.mend.step;
