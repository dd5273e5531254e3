package io.weft.data.clean;

import io.weft.data.Sample;
import io.weft.file.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;

/** 128 bits of a SHA-256: stands for a text among millions without holding it. */
public record Fingerprint(long high, long low) {
    /** Of all that a row says. */
    static Fingerprint of(Sample sample) { return of(sample.words()); }

    /** Of what is asked; of a document without a prompt, the document itself. */
    public static Fingerprint ofAsked(Sample sample) {
        return of(sample.asked().isEmpty() ? sample.words()
                : sample.asked().stream().flatMap(turn -> Stream.of(turn.role(), turn.content())).toList());
    }

    static Fingerprint of(List<String> words) {
        MessageDigest digest = Sha256.digest();
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
            digest.update(bytes);
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new Fingerprint(hash.getLong(), hash.getLong());
    }
}
