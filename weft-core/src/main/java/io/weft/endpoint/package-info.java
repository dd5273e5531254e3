/**
 * Models behind an OpenAI-compatible address: what is asked, what is answered, and a log by which nothing is paid
 * twice. Read {@link io.weft.endpoint.ChatClient} and {@link io.weft.endpoint.AnswerLog} first. May import {@code data}
 * and, for the way through a proxy, {@code hub}.
 */
package io.weft.endpoint;
