package io.weft.tensor;

/**
 * An operation that libtorch refused; the message names the operation, and its operands' types, shapes and devices.
 * Always a bug in Weft, never the user's mistake.
 */
public final class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TensorException(String message, Throwable cause) { super(message, cause); }
}
