/**
 * A Hugging Face model folder on disk: what is in it, and how its weights are to be held. Read {@link
 * io.weft.model.folder.ModelFolder} first. May import {@code model.family}.
 */
package io.weft.model.folder;
