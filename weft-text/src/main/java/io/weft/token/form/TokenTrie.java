package io.weft.token.form;

import io.weft.problem.UserError;
import io.weft.token.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * The tokens of a vocabulary by the bytes of their texts, as a tree: what two tokens begin with alike is walked once.
 * Special tokens have no text. May be used from several threads.
 */
public final class TokenTrie {
    private static final char SPACE = '\u2581'; // SentencePiece's
    private static final int CHECKED = 64;
    private final int tokens;
    private final byte[][] texts; // by id; null where a token has none
    private final boolean dropsFirstSpace;
    // nodes in the order in which they are met, 0 the root: the byte before, where what follows it ends, its tokens
    private byte[] label;
    private int[] behind;
    private int[][] ids;
    private int nodes = 1;

    private TokenTrie(Tokenizer tokenizer) {
        tokens = tokenizer.size();
        texts = new byte[tokens][];
        boolean byteLevel = tokenizer.id("\u0120").isPresent() && tokenizer.id("\u010A").isPresent();
        List<Integer> sorted = new ArrayList<>();
        for (int id = 0; id < tokens; id++) {
            int own = id;
            texts[id] = tokenizer.isSpecial(id) ? null
                    : tokenizer.token(id).map(token -> bytes(tokenizer, own, token, byteLevel)).orElse(null);
            if (texts[id] != null && texts[id].length > 0) {
                sorted.add(id);
            }
        }
        dropsFirstSpace = sorted.stream().filter(id -> texts[id].length > 1 && texts[id][0] == ' '
                && texts[id][1] > ' ').limit(1).anyMatch(id -> !tokenizer.decode(new int[] {id}, true).startsWith(" "));
        requireAsDecoded(tokenizer, sorted);
        sorted.sort((a, b) -> Arrays.compareUnsigned(texts[a], texts[b]));
        build(sorted);
    }

    /** @throws UserError when the texts of single tokens cannot be told */
    public static TokenTrie of(Tokenizer tokenizer) { return new TokenTrie(tokenizer); }

    private static byte[] bytes(Tokenizer tokenizer, int id, String token, boolean byteLevel) {
        if (tokenizer.isByte(id)) {
            return new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
        }
        if (tokenizer.isAdded(id)) {
            return token.getBytes(StandardCharsets.UTF_8);
        }
        return byteLevel ? ofByteLevel(token) : token.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }

    /** GPT-2's alphabet: what can be seen stands for itself, other bytes for characters from U+0100 on, in order. */
    private static byte[] ofByteLevel(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            int c = token.charAt(i);
            if (c < 0x100) {
                bytes[i] = (byte) c;
            } else {
                int place = c - 0x100; // among 00-20, 7F-A0, AD
                if (place > 67) {
                    return token.getBytes(StandardCharsets.UTF_8); // no text of this alphabet
                }
                bytes[i] = (byte) (place <= 0x20 ? place : place <= 0x42 ? 0x7F + place - 0x21 : 0xAD);
            }
        }
        return bytes;
    }

    /** Some tokens, behind one with a text of its own, are decoded as they are taken to be. */
    private void requireAsDecoded(Tokenizer tokenizer, List<Integer> withText) {
        Optional<Integer> before = withText.stream().filter(id -> texts[id].length == 1 && texts[id][0] == 'a')
                .findFirst();
        for (int i = 0; i < withText.size() && before.isPresent(); i += Math.max(1, withText.size() / CHECKED)) {
            int id = withText.get(i);
            String text = new String(texts[id], StandardCharsets.UTF_8);
            if (text.indexOf('\uFFFD') < 0
                    && !tokenizer.decode(new int[] {before.get(), id}, true).equals("a" + text)) {
                throw UserError.of(say("this model's tokenizer joins tokens in its own way (token %d), so what an "
                        + "answer is to be cannot be held to token by token", id));
            }
        }
    }

    private void build(List<Integer> sorted) {
        label = new byte[1024];
        behind = new int[1024];
        ids = new int[1024][];
        int[] path = new int[1 + sorted.stream().mapToInt(id -> texts[id].length).max().orElse(0)];
        byte[] last = new byte[0];
        for (int id : sorted) {
            byte[] text = texts[id];
            int common = Arrays.mismatch(last, text);
            common = common < 0 ? text.length : common;
            for (int depth = last.length; depth > common; depth--) {
                behind[path[depth]] = nodes;
            }
            for (int depth = common; depth < text.length; depth++) {
                if (nodes == label.length) {
                    label = Arrays.copyOf(label, 2 * nodes);
                    behind = Arrays.copyOf(behind, 2 * nodes);
                    ids = Arrays.copyOf(ids, 2 * nodes);
                }
                label[nodes] = text[depth];
                path[depth + 1] = nodes++;
            }
            int end = path[text.length];
            ids[end] = ids[end] == null ? new int[] {id} : Arrays.copyOf(ids[end], ids[end].length + 1);
            ids[end][ids[end].length - 1] = id;
            last = text;
        }
        for (int depth = last.length; depth > 0; depth--) {
            behind[path[depth]] = nodes;
        }
        behind[0] = nodes;
    }

    /** Highest id + 1. */
    public int tokens() { return tokens; }

    /** Of a token, as its bytes; nothing for a special one. @param first whether it is the first of an answer */
    byte[] text(int id, boolean first) {
        byte[] text = id < tokens ? texts[id] : null;
        if (text == null) {
            return new byte[0];
        }
        return first && dropsFirstSpace && text.length > 0 && text[0] == ' '
                ? Arrays.copyOfRange(text, 1, text.length) : text;
    }

    /** Whether the first token of an answer may lose a space. */
    boolean dropsFirstSpace() { return dropsFirstSpace; }

    /** A walk over all texts: where it goes after a byte. */
    interface Step<S> {
        /** Null where no text goes on so. */
        S after(S state, int oneByte);
    }

    /** The tokens whose whole texts can be walked from a state, as bits. */
    <S> long[] reachable(S state, Step<S> step) {
        long[] found = new long[(tokens + 63) / 64];
        walk(0, state, step, found);
        return found;
    }

    private <S> void walk(int node, S state, Step<S> step, long[] found) {
        for (int next = node + 1; next < behind[node]; next = behind[next]) {
            S after = step.after(state, label[next] & 0xFF);
            if (after != null) {
                if (ids[next] != null) {
                    for (int id : ids[next]) {
                        found[id >> 6] |= 1L << id;
                    }
                }
                walk(next, after, step, found);
            }
        }
    }
}
