package io.weft.token.read;

import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * A {@code tokenizer.model} of SentencePiece (Kudo and Richardson 2018, arXiv:1808.06226; its
 * sentencepiece_model.proto): byte-pair encoding over characters, without a table of normalizations, as Llama, Mistral,
 * ChatGLM and Gemma have it. Anything in the file that would change ids and is not reproduced exactly is refused by
 * name, but for two corners that {@link SentencePieceJson} names.
 *
 * @param pieces       by id
 * @param byteFallback whether characters that are no piece become the pieces of their bytes
 * @param dummyPrefix  whether a text gets a space at its front
 * @param onePrefix    whether only a whole text does, not each part between special tokens
 * @param trimsSpaces  whether spaces at both ends go and several count as one
 * @param begin        spelling of the piece that begins a text, in the vocabulary or not
 * @param end that of the end
 * @param pad that of padding
 */
public record SentencePieceModel(Path file,
        List<Piece> pieces, boolean byteFallback, boolean dummyPrefix, boolean onePrefix, boolean trimsSpaces,
        String begin, String end, String pad) {
    /** What stands for a space within pieces. */
    public static final String SPACE = "\u2581";
    private static final long MOST_BYTES = 64L << 20;                // largest known: 4 MB
    // SentencePiece learns pieces of at most 16 characters unless told otherwise
    private static final int LONGEST_PIECE = 256;
    private static final int MODEL = 2, BYTE_COUNT = 256;

    /** @param offset where the file has it */
    public record Piece(String text, float score, Type type, int offset) {
        boolean isByte() { return type == Type.BYTE; }

        /**
         * Control symbols and the unknown token: made by the tokenizer's user or for want of a piece, never by their
         * own spelling.
         */
        boolean isSpecial() { return type == Type.CONTROL || type == Type.UNKNOWN; }
    }

    /** In the order of the numbers that files have, from 1. */
    public enum Type { NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE }

    public SentencePieceModel { pieces = List.copyOf(pieces); }

    /** @throws UserError when the file cannot be read, is broken, or of a kind that Weft does not reproduce */
    static SentencePieceModel read(Path file) {
        try {
            long size = Files.size(file);
            if (size > MOST_BYTES) {
                throw UserError.of(say("%s has %,d bytes; a sentencepiece model has at most %,d here, so this is "
                        + "something else", file, size, MOST_BYTES));
            }
            return of(file, Files.readAllBytes(file));
        } catch (IOException e) {
            throw UserError.of(say("%s: cannot be read (%s)", file, e.getMessage()), e);
        }
    }

    static SentencePieceModel of(Path file, byte[] bytes) {
        var message = new ProtobufReader(file, bytes);
        var found = new Contents();
        while (message.next()) {
            switch (message.field()) {
                case 1 -> found.pieces.add(piece(message));
                case 2 -> found.readTrainer(message.message());
                case 3 -> found.readNormalizer(message.message());
                case 5 -> found.readDenormalizer(message.message());
                default -> message.skip();
            }
        }
        found.check(message, file);
        return new SentencePieceModel(file, found.pieces, found.byteFallback, found.dummyPrefix, false,
                found.trimsSpaces, found.begin, found.end, found.pad);
    }

    /**
     * What LlamaTokenizer's {@code legacy: false} changes, in transformers 4 and 5: only the front of the whole text
     * gets a space, no part behind a special token, and none where one stands there already.
     */
    SentencePieceModel withOnePrefix() {
        return new SentencePieceModel(file, pieces, byteFallback, dummyPrefix, true, trimsSpaces, begin, end, pad);
    }

    /** The same model, with a space at the front of every text or without. */
    SentencePieceModel withDummyPrefix(boolean wanted) {
        return new SentencePieceModel(file, pieces, byteFallback, wanted, onePrefix, trimsSpaces, begin, end, pad);
    }

    /** The id of a control symbol. */
    OptionalInt control(String text) {
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).type() == Type.CONTROL && pieces.get(id).text().equals(text)) {
                return OptionalInt.of(id);
            }
        }
        return OptionalInt.empty();
    }

    Piece unknown() { return pieces.stream().filter(piece -> piece.type() == Type.UNKNOWN).findFirst().orElseThrow(); }

    private static Piece piece(ProtobufReader within) {
        int offset = within.offset();
        var message = within.message();
        String text = "";
        float score = 0;
        long type = 1;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> text = message.text();
                case 2 -> score = message.number();
                case 3 -> type = message.integer();
                default -> message.skip();
            }
        }
        if (text.isEmpty() || text.length() > LONGEST_PIECE || Float.isNaN(score)) {
            throw within.broken(offset, text.isEmpty() ? say("a piece without text")
                    : Float.isNaN(score) ? say("the score of piece '%s' is not a number", text)
                    : say("a piece of %d characters; at most %d are read", text.length(), LONGEST_PIECE));
        }
        if (type < 1 || type > Type.values().length) {
            throw within.broken(offset, say("piece '%s' is of type %d; types 1 to %d are known", text, type,
                    Type.values().length));
        }
        return new Piece(text, score, Type.values()[(int) type - 1], offset);
    }

    /** What is in the file, from the defaults of sentencepiece_model.proto on. */
    private static final class Contents {
        private static final String[] KINDS = {"unigram", "bpe", "word", "char"};
        private final List<Piece> pieces = new ArrayList<>();
        private long kind = 1;
        // whether the two specs are there: without them defaults would stand in for what a cut file has lost
        private boolean trained, normalized;
        private boolean byteFallback, dummyPrefix = true, trimsSpaces = true, escapesSpaces = true, spaceAsSuffix;
        private String begin = "<s>", end = "</s>", pad = "<pad>", normalizer = "";
        private int table, denormalizerTable;

        void readTrainer(ProtobufReader message) {
            trained = true;
            while (message.next()) {
                switch (message.field()) {
                    case 3 -> kind = message.integer();
                    case 24 -> spaceAsSuffix = message.truth();
                    case 35 -> byteFallback = message.truth();
                    case 46 -> begin = message.text();
                    case 47 -> end = message.text();
                    case 48 -> pad = message.text();
                    default -> message.skip();
                }
            }
        }

        void readNormalizer(ProtobufReader message) {
            normalized = true;
            while (message.next()) {
                switch (message.field()) {
                    case 1 -> normalizer = message.text();
                    case 2 -> table = message.lengthOfBytes();
                    case 3 -> dummyPrefix = message.truth();
                    case 4 -> trimsSpaces = message.truth();
                    case 5 -> escapesSpaces = message.truth();
                    default -> message.skip();
                }
            }
        }

        void readDenormalizer(ProtobufReader message) {
            while (message.next()) {
                if (message.field() == 2) {
                    denormalizerTable = message.lengthOfBytes();
                } else {
                    message.skip();
                }
            }
        }

        void check(ProtobufReader reader, Path file) {
            if (pieces.isEmpty() || !trained || !normalized) {
                throw reader.broken(reader.offset(), say("it ends without %s",
                        pieces.isEmpty() ? say("any piece") : trained ? "normalizer_spec" : "trainer_spec"));
            }
            if (kind != MODEL) {
                throw unsupported(file, say("model_type is %s; Weft reproduces bpe",
                        kind >= 1 && kind <= KINDS.length ? KINDS[(int) kind - 1] : String.valueOf(kind)));
            }
            if (table > 0 || denormalizerTable > 0) {
                throw unsupported(file,
                        say("the %s '%s' has a table of %d bytes; Weft reproduces models without one (identity)",
                        table > 0 ? "normalizer" : "denormalizer", table > 0 ? normalizer : "",
                        Math.max(table, denormalizerTable)));
            }
            if (!escapesSpaces || spaceAsSuffix) {
                throw unsupported(file, escapesSpaces ? "treat_whitespace_as_suffix" : "escape_whitespaces: false");
            }
            checkPieces(reader);
        }

        private void checkPieces(ProtobufReader reader) {
            Map<String, Piece> seen = new HashMap<>();
            BitSet bytes = new BitSet();
            Piece unknown = null;
            for (Piece piece : pieces) {
                Piece earlier = seen.put(piece.text(), piece);
                if (earlier != null) {
                    throw reader.broken(piece.offset(),
                            say("piece '%s' is there twice, first at byte %d", piece.text(), earlier.offset()));
                }
                if (piece.type() == Type.UNKNOWN && unknown != null) {
                    throw reader.broken(piece.offset(),
                            say("'%s' is a second unknown piece beside '%s'", piece.text(), unknown.text()));
                }
                unknown = piece.type() == Type.UNKNOWN ? piece : unknown;
                if (piece.isByte() && !(byteFallback && piece.text().matches("<0x[0-9A-F]{2}>"))) {
                    throw reader.broken(piece.offset(), say("'%s' is a byte piece%s", piece.text(),
                            byteFallback ? say(", but not spelt <0x00> to <0xFF>")
                            : say(", but the model has no byte fallback")));
                }
                if (piece.isByte()) {
                    bytes.set(Integer.parseInt(piece.text().substring(3, 5), 16));
                }
            }
            if (unknown == null || byteFallback && bytes.cardinality() < BYTE_COUNT) {
                throw reader.broken(reader.offset(), unknown == null ? say("it ends without an unknown piece (<unk>)")
                        : say("it ends without a piece for byte 0x%02X, though the model falls back to bytes",
                        bytes.nextClearBit(0)));
            }
        }
    }

    static UserError unsupported(Path file, String what) {
        return UserError.of(say("%s cannot be reproduced exactly: %s. Save the tokenizer as tokenizer.json with "
                + "Hugging Face transformers", file, what));
    }
}
