/**
 * What the tokenizer files of a model folder say, read as transformers reads them, as one tokenizer.json that Hugging
 * Face's library can be given. Read {@link io.weft.token.read.TokenizerFile} and {@link
 * io.weft.token.read.NativeTokenizer} first. Imports nothing but {@code problem} and {@code file}.
 */
package io.weft.token.read;
