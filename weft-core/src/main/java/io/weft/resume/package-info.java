/**
 * What a run recorded when it was last saved, and how it goes on from there. Read {@code ResumePoint} and {@code
 * RecordedRun} first. May import {@code recipe}.
 */
package io.weft.resume;
