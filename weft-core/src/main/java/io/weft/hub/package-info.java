/**
 * Fetches models from a Hugging Face hub or a mirror of it into the cache that Python's huggingface_hub reads and
 * writes. Read {@link io.weft.hub.HubDownload} (what is fetched, in which order) and {@link io.weft.hub.HubSettings}
 * (where from, where to) first. Everything a server says (names, sizes, redirects) is checked before it is used.
 * Imports nothing of Weft but {@code io.weft.problem}.
 */
package io.weft.hub;
