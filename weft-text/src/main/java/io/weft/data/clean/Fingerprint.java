package io.weft.data.clean;

import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.file.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** 128 bits of a SHA-256: stands for a text among millions without holding it. */
public record Fingerprint(long high, long low) {
    /** Of what is asked; of a document without a prompt, the document itself. */
    public static Fingerprint ofAsked(Conversation conversation) {
        return of(conversation.isText() ? conversation.messages() : conversation.asked());
    }

    static Fingerprint of(List<Message> messages) {
        MessageDigest digest = Sha256.digest();
        for (Message message : messages) {
            for (String part : new String[] {message.role(), message.content()}) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
                digest.update(bytes);
            }
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new Fingerprint(hash.getLong(), hash.getLong());
    }
}
