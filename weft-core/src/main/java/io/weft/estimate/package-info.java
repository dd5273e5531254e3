/**
 * What a run will take of its machine, before it begins: memory from shapes alone, time from a rehearsal on a few
 * blocks, and what makes it fit. Read {@code MemoryModel} and {@code Fitting} first. May import {@code train}.
 */
package io.weft.estimate;
