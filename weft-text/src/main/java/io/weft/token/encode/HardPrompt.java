package io.weft.token.encode;

import io.weft.data.Message;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * A text in front of everything that a model is asked, in training, evaluation and serving alike. With a chat template
 * it is the system's message, or begins the one that is there; where the template has none for a system, it begins the
 * first message of the user. Without a template it stands before the prompt. Two line breaks follow it where something
 * of the same message does.
 */
public record HardPrompt(String text) {
    private static final String GAP = "\n\n";

    /** @throws UserError when it says nothing */
    public HardPrompt {
        if (text.isBlank()) {
            throw UserError.of(say("the prompt is empty; write the text that is to stand before every request"));
        }
    }

    /**
     * The text of a file, without the line's end at its end.
     *
     * @throws UserError when it cannot be read, is not UTF-8, or says nothing
     */
    public static HardPrompt read(Path file) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
            String whole = text.startsWith("\ufeff") ? text.substring(1) : text;
            if (whole.isBlank()) {
                throw UserError.of(say("%s is empty; expected the text that is to stand before every request", file));
            }
            return new HardPrompt(whole.replaceFirst("\r?\n$", ""));
        } catch (NoSuchFileException e) {
            throw UserError.of(say("%s: no such file; expected the text that is to stand before every request", file),
                    e);
        } catch (CharacterCodingException e) {
            throw UserError.of(say("%s is not UTF-8 text; a prompt is a plain text file", file), e);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    /** What stands before a text that it belongs to. */
    String lead() { return text + GAP; }

    /** The messages behind this text, as the system's. */
    List<Message> asSystem(List<Message> messages) {
        boolean joined = !messages.isEmpty() && messages.get(0).role().equals("system");
        List<Message> all = new ArrayList<>(joined ? messages.subList(1, messages.size()) : messages);
        all.add(0, Message.system(joined ? lead() + messages.get(0).content() : text));
        return all;
    }

    /** The messages with this text at the front of the user's first; as they are where none is the user's. */
    List<Message> asUser(List<Message> messages) {
        int first = 0;
        while (first < messages.size() && !messages.get(first).role().equals("user")) {
            first++;
        }
        List<Message> all = new ArrayList<>(messages);
        if (first < all.size()) {
            Message asked = all.get(first);
            all.set(first, new Message(asked.role(), lead() + asked.content(), asked.reasoning(), asked.fields()));
        }
        return all;
    }
}
