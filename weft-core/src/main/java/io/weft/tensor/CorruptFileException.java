package io.weft.tensor;

/** What is wrong with a file, as a part of a sentence that names the file: {@link TorchFile} makes the sentence. */
class CorruptFileException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int SHOWN = 200;

    CorruptFileException(String message) { super(message); }

    /** A name out of a file, fit for a terminal. */
    static String printable(String name) {
        String shown = name.length() > SHOWN ? name.substring(0, SHOWN) + "..." : name;
        return shown.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }
}
