package io.weft.token.read;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Ids to text as SentencePiece has it: byte pieces in a row are one run of UTF-8, of which bytes that are no character
 * give a U+FFFD each, and the space that the tokenizer puts before every text is taken away again, also behind a
 * special token that is shown, since what stands between two of them is a text of its own. May be used from several
 * threads.
 */
public record SentencePieceDecoder(SentencePieceModel model, Vocabulary vocabulary) {
    /** @param skipSpecial whether special tokens give nothing */
    public String decode(int[] ids, boolean skipSpecial) {
        var text = new StringBuilder();
        int begin = 0;                                               // of the part since the last special token
        boolean dropsSpace = model.dummyPrefix() || model.trimsSpaces();
        boolean first = true;
        for (int i = 0; i < ids.length; i++) {
            if (isByte(ids[i])) {
                int from = i;
                while (i + 1 < ids.length && isByte(ids[i + 1])) {
                    i++;
                }
                appendBytes(ids, from, i + 1, text);
                first = false;
                continue;
            }
            String token = vocabulary.token(ids[i]);
            if (token == null || skipSpecial && vocabulary.isSpecial(ids[i])) {
                continue;
            }
            if (vocabulary.isSpecial(ids[i])) {
                text.append(token);
                begin = text.length();
                first = !model.onePrefix();
                continue;
            }
            if (ids[i] < model.pieces().size()) {
                if (first && dropsSpace && token.startsWith(SentencePieceModel.SPACE)) {
                    token = token.substring(SentencePieceModel.SPACE.length());
                    // then each piece loses one, up to the first with text
                    first = model.trimsSpaces();
                }
                token = token.replace(SentencePieceModel.SPACE, " ");
            }
            text.append(token);
            first &= text.length() == begin;
        }
        return text.toString();
    }

    private boolean isByte(int id) { return id >= 0 && id < model.pieces().size() && model.pieces().get(id).isByte(); }

    private void appendBytes(int[] ids, int from, int to, StringBuilder text) {
        ByteBuffer bytes = ByteBuffer.allocate(to - from);
        for (int i = from; i < to; i++) {
            bytes.put((byte) Integer.parseInt(vocabulary.token(ids[i]).substring(3, 5), 16));
        }
        bytes.flip();
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        CharBuffer characters = CharBuffer.allocate(to - from);
        while (bytes.hasRemaining()) {
            CoderResult result = utf8.reset().decode(bytes, characters, true);
            if (result.isError()) {
                bytes.get();
                characters.put('\uFFFD');
            }
        }
        text.append(characters.flip());
    }
}
