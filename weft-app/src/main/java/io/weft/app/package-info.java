/** The weft command and its HTTP server. */
package io.weft.app;
