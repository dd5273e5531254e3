/**
 * What every local server of Weft needs: who may come in, bodies, the page's files, refusing, logs, TLS. A request
 * passes {@link io.weft.app.http.Gate} and its {@link io.weft.app.http.Guard}, then a route; read these and
 * {@link io.weft.app.http.ServerDefaults} first. May import the library and the packages below it.
 */
package io.weft.app.http;
