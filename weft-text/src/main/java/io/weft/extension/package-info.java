/**
 * What other jars may add. Read {@link io.weft.extension.OpenTable} first. Imports nothing but {@code problem}.
 */
package io.weft.extension;
