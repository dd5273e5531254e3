/**
 * What requests of OpenAI's API, and of the servers after it, say and how answers look: JSON on one side, what the
 * library knows on the other. Read {@link io.weft.app.api.ChatMessages} and {@link io.weft.app.api.OptionParameters}
 * first. May import {@code http} and the library.
 */
package io.weft.app.api;
