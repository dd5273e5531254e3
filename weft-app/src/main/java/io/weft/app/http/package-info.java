/**
 * What every local server of Weft needs: who may come in, the page's files, reading a body, refusing, logs. Read
 * {@link io.weft.app.http.ServerDefaults} and {@link io.weft.app.http.Guard} first. May import the library.
 */
package io.weft.app.http;
