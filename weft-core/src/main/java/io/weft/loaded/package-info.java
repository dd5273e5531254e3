/**
 * From a name that a user gives to a model in memory: a folder, an adapter, a run, one of its stages. Read
 * {@link io.weft.loaded.ModelSource} and {@link io.weft.loaded.LoadedModel} first. May import {@code resume} and what a
 * recipe holds.
 */
package io.weft.loaded;
