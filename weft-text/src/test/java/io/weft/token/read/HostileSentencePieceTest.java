package io.weft.token.read;

import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Files that no SentencePiece wrote: each is refused with the place, and none does anything else. */
class HostileSentencePieceTest {
    private static final Path FILE = Path.of("tokenizer.model");
    private static final byte[] GOOD = TinySentencePiece.ofCharacters().withSymbols("<tab>").proto().bytes();

    /** The two specs stand at the end, so a beginning of the file lacks at least one. */
    @Test void noBeginningOfAFileIsTakenForTheWhole() {
        for (int length = 0; length < GOOD.length; length++) {
            byte[] cut = Arrays.copyOf(GOOD, length);
            assertThatThrownBy(() -> SentencePieceJson.of(SentencePieceModel.of(FILE, cut))).as("%d bytes", length)
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("tokenizer.model");
        }
        assertThat(SentencePieceModel.of(FILE, GOOD).pieces()).hasSize(TinySentencePiece.ofCharacters().size() + 1);
    }

    @Test void aDamagedFileIsRefusedOrReadButNeverFails() {
        Random random = new Random(1);
        int refused = 0;
        for (int n = 0; n < 1500; n++) {
            byte[] damaged = GOOD.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                SentencePieceModel.of(FILE, damaged);
            } catch (UserError e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(150, 1499);
    }

    @Test void numbersOfMoreThan64BitsAreRefused() {
        byte[] eleven = new byte[11];
        Arrays.fill(eleven, (byte) 0xff);
        refused(new ProtobufWriter().raw((byte) 0x20).raw(eleven), 1, "64 bits");
        refused(new ProtobufWriter().raw((byte) 0x20).raw(Arrays.copyOf(eleven, 9)).raw((byte) 2), 1, "64 bits");
        refused(new ProtobufWriter().raw((byte) 0x20).raw(Arrays.copyOf(eleven, 5)), 1, "does not end");
        refused(new ProtobufWriter().raw(eleven), 0, "64 bits");
    }

    @Test void lengthsBeyondTheFileAreRefused() {
        for (long length : new long[] {2, Integer.MAX_VALUE, 1L << 31, 1L << 40, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            refused(new ProtobufWriter().varint(1 << 3 | 2).varint(length).raw((byte) 0), 1,
                    Long.toUnsignedString(length), "but 1 are left");
        }
        var piece = new ProtobufWriter().varint(1 << 3 | 2).varint(200).raw((byte) 'a');
        refused(new ProtobufWriter().message(1, piece).raw(new byte[300]), 3, "claims 200 bytes, but 1 are left");
        refused(new ProtobufWriter().raw((byte) (9 << 3 | 5), (byte) 0), 1, "needs 4 bytes, but 1 are left");
    }

    @Test void tagsThatNoFileHasAreRefused() {
        refused(new ProtobufWriter().varint(0), 0, "field number 0");
        refused(new ProtobufWriter().varint(1L << 32), 0, "field number 536870912");
        for (int wireType : new int[] {3, 4, 6, 7}) {
            refused(new ProtobufWriter().varint(9 << 3 | wireType), 0, "wire type " + wireType);
        }
        refused(new ProtobufWriter().number(1, 5), 0, "field 1 has wire type 0");
        refused(new ProtobufWriter().message(2, new ProtobufWriter().text(3, "bpe")), 2, "field 3 has wire type 2");
    }

    @Test void fieldsThatAreNotKnownAreSkipped() {
        var model = TinySentencePiece.ofLlama().proto().number(90, -1).eightBytes(91, 7).fourBytes(92, 1)
                .text(93, "later").message(2, new ProtobufWriter().text(999, "x"));
        assertThat(SentencePieceModel.of(FILE, model.bytes()).pieces()).hasSize(TinySentencePiece.ofLlama().size());
    }

    @Test void duplicatesAndMissingPiecesNameThePlace() {
        int next = TinySentencePiece.ofLlama().proto().bytes().length;
        refused(TinySentencePiece.ofLlama().proto().message(1, TinySentencePiece.piece("he", 0, 1)), next,
                "'he' is there twice");
        refused(TinySentencePiece.ofLlama().proto().message(1, TinySentencePiece.piece("<unk2>", 0, 2)), next,
                "second unknown piece");
        refused(TinySentencePiece.ofLlama().proto().message(1, TinySentencePiece.piece("<0x100>", 0, 6)), next,
                "byte piece");
        refused(TinySentencePiece.ofLlama().proto().message(1, TinySentencePiece.piece("", 0, 1)), next,
                "without text");
        refused(TinySentencePiece.ofLlama().proto().message(1, TinySentencePiece.piece("x".repeat(257), 0, 1)), next,
                "257 characters");
        refused(TinySentencePiece.ofLlama().proto().message(1, TinySentencePiece.piece("xx", Float.NaN, 1)), next,
                "not a number");
        refused(TinySentencePiece.ofLlama().proto().message(1, TinySentencePiece.piece("xx", 0, 7)), next, "type 7");
        refused(TinySentencePiece.ofLlama().proto().message(1, TinySentencePiece.piece("xx", 0, -1)), next, "type -1");
        var bpe = new ProtobufWriter().number(3, 2);
        refused(new ProtobufWriter().message(1, TinySentencePiece.piece("a", 0, 1)).message(2, bpe)
                .message(3, new ProtobufWriter()), 16, "without an unknown piece");
        refused(new ProtobufWriter().message(2, bpe), 4, "without any piece");
        refused(new ProtobufWriter().message(1, TinySentencePiece.piece("a", 0, 1)), 10, "without trainer_spec");
        refused(new ProtobufWriter().message(1, TinySentencePiece.piece("a", 0, 1)).message(2, bpe), 14,
                "without normalizer_spec");
        var bytes = new ProtobufWriter().message(1, TinySentencePiece.piece("<unk>", 0, 2))
                .message(2, new ProtobufWriter().number(3, 2).number(35, 1)).message(3,
                new ProtobufWriter());
        refused(bytes, bytes.bytes().length, "byte 0x00");
        refused(new ProtobufWriter().message(1, new ProtobufWriter().bytes(1, new byte[] {(byte) 0xc3, 0x28})), 2,
                "not UTF-8");
    }

    @Test void kindsThatCannotBeReproducedAreRefusedByName() {
        unsupported(new ProtobufWriter().message(2, new ProtobufWriter().number(3, 1)), "model_type is unigram");
        unsupported(new ProtobufWriter().message(2, new ProtobufWriter().number(3, 9)), "model_type is 9");
        unsupported(new ProtobufWriter().message(3, new ProtobufWriter().text(1, "nmt_nfkc").bytes(2, new byte[12])),
                "'nmt_nfkc'", "12 bytes");
        unsupported(new ProtobufWriter().message(5, new ProtobufWriter().bytes(2, new byte[3])), "denormalizer",
                "3 bytes");
        unsupported(new ProtobufWriter().message(3, new ProtobufWriter().number(5, 0)), "escape_whitespaces");
        unsupported(new ProtobufWriter().message(2, new ProtobufWriter().number(24, 1)), "treat_whitespace_as_suffix");
    }

    @Test void aFileTooLargeForAModelIsNotRead(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.model");
        try (var channel = Files.newByteChannel(file, java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.WRITE)) {
            channel.position((64L << 20) + 1).write(java.nio.ByteBuffer.wrap(new byte[1]));
        }
        assertThatThrownBy(() -> TokenizerFile.read(folder)).isInstanceOf(UserError.class)
                .hasMessageContaining("something else");
    }

    /** A broken file: the message names file, byte and reason. */
    private static void refused(ProtobufWriter proto, int offset, String... parts) {
        assertThatThrownBy(() -> SentencePieceModel.of(FILE, proto.bytes())).isInstanceOf(UserError.class)
                .hasMessageStartingWith("tokenizer.model, byte " + offset + ":")
                .hasMessageContainingAll(parts)
                .hasMessageContaining("fetch it again");
    }

    /** The model of before with more: later fields of a message count. */
    private static void unsupported(ProtobufWriter more, String... parts) {
        byte[] bytes = TinySentencePiece.ofLlama().proto().raw(more.bytes()).bytes();
        assertThatThrownBy(() -> SentencePieceModel.of(FILE, bytes)).isInstanceOf(UserError.class)
                .hasMessageContainingAll(parts).hasMessageContaining("tokenizer.json");
    }
}
