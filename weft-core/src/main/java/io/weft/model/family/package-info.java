/**
 * The model families, a file each, and their table. Read {@link io.weft.model.family.Architectures} and {@link
 * io.weft.model.family.Llama} first. May import {@code model}; other jars' families know no more.
 */
package io.weft.model.family;
