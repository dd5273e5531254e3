package io.weft.tensor;

/**
 * An operation that libtorch refused; the message names the operation, its operands and their shapes. Always a bug in
 * Weft, never the user's mistake.
 */
public final class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TensorException(String message, Throwable cause) { super(message, cause); }
}
