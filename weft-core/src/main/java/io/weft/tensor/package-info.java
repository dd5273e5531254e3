/**
 * The only door to libtorch. Read {@link io.weft.tensor.Tensor} and {@link io.weft.tensor.Scope} first. One thread of a
 * process makes tensors; every other thread passes arrays, strings and records. Imports only {@code io.weft.problem}
 * and {@code io.weft.file}, and is the only package that may import {@code org.bytedeco}.
 */
package io.weft.tensor;
