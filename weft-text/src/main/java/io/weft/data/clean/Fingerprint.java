package io.weft.data.clean;

import io.weft.data.Sample;
import io.weft.file.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;

/**
 * 64 bits of a SHA-256: stands for a text among millions without holding it. Among ten million different texts two are
 * taken for one with a chance of 1 to 370,000.
 */
public final class Fingerprint {
    private Fingerprint() {}

    /** Of what is asked; of a document without a prompt, the document itself. */
    public static long ofAsked(Sample sample) {
        return of(sample.asked().isEmpty() ? sample.words()
                : sample.asked().stream().flatMap(turn -> Stream.of(turn.role(), turn.content())).toList());
    }

    /** Of one text. */
    public static long of(String text) { return of(List.of(text)); }

    /** Of several texts in their order. */
    public static long of(List<String> words) {
        MessageDigest digest = Sha256.digest();
        ByteBuffer length = ByteBuffer.allocate(4);
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            digest.update(length.clear().putInt(bytes.length).flip());
            digest.update(bytes);
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }
}
