package io.weft.tensor;

/** What is wrong with a file, as a part of a sentence that names the file: {@link TorchFile} makes the sentence. */
class CorruptFileException extends Exception {
    private static final long serialVersionUID = 1;

    CorruptFileException(String message) { super(message); }
}
