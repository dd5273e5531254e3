/**
 * Answers over HTTP. Read {@link io.weft.app.serve.WeftServer} (routes and their guard) and {@link
 * io.weft.app.serve.ModelAnswerer} (the one thread that owns the model, behind one bounded queue) first. HTTP threads
 * pass strings and records; only the model's thread makes tensors.
 */
package io.weft.app.serve;
