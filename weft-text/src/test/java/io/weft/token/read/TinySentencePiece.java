package io.weft.token.read;

import io.weft.token.read.SentencePieceModel.Type;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Small SentencePiece models for tests, and what SentencePiece makes of a text by the book: of all neighbours whose
 * joint piece is known the pair with the highest score is joined, the leftmost of several, until there is none;
 * user-defined symbols stand apart; what is no piece falls apart into bytes or is unknown.
 */
public final class TinySentencePiece {
    private static final List<String> MERGES = List.of("▁t", "he", "▁a", "in", "▁the", "▁▁", "re", "on", "at", "▁c",
            "er", "▁s", "▁▁▁▁", "▁cat", "aa", "aaa", "aaaa", "的是", "中国",
            "是中", "▁re", "ing",
            "tr", "ai", "ain", "ab", "ba", "aba", "ss", "▁ss", "op", "sop");
    private final List<Object[]> pieces = new ArrayList<>();         // text, score, type
    private boolean dummyPrefix = true, trimsSpaces, byteFallback = true;

    /** The unknown piece, begin and end, the bytes, and pieces in the order of their learning; then the characters. */
    public static TinySentencePiece ofLlama() {
        return new TinySentencePiece().withSpecial().withBytes().withLearned();
    }

    /** As {@link #ofLlama}, without bytes: characters that are no piece are unknown, several in a row one token. */
    public static TinySentencePiece ofCharacters() {
        var model = new TinySentencePiece().withSpecial().withLearned();
        model.byteFallback = false;
        return model;
    }

    public TinySentencePiece piece(String text, float score, Type type) {
        pieces.add(new Object[] {text, score, type});
        return this;
    }

    private TinySentencePiece withSpecial() {
        return piece("<unk>", 0, Type.UNKNOWN).piece("<s>", 0, Type.CONTROL).piece("</s>", 0, Type.CONTROL);
    }

    private TinySentencePiece withBytes() {
        for (int b = 0; b < 256; b++) {
            piece("<0x%02X>".formatted(b), 0, Type.BYTE);
        }
        return this;
    }

    private TinySentencePiece withLearned() {
        for (String piece : MERGES) {
            piece(piece, -pieces.size() + 258, Type.NORMAL);
        }
        "▁abcdefghijklmnopqrstuvwxyzT的是中国.,<>|/".codePoints()
                .forEach(c -> piece(Character.toString(c), -pieces.size() + 258, Type.NORMAL));
        return this;
    }

    public TinySentencePiece withSymbols(String... symbols) {
        for (String symbol : symbols) {
            piece(symbol, 0, Type.USER_DEFINED);
        }
        return this;
    }

    public TinySentencePiece withoutDummyPrefix() {
        dummyPrefix = false;
        return this;
    }

    public TinySentencePiece trimmingSpaces() {
        trimsSpaces = true;
        return this;
    }

    public ProtobufWriter proto() {
        var model = new ProtobufWriter();
        for (Object[] piece : pieces) {
            model.message(1, piece((String) piece[0], (float) piece[1], ((Type) piece[2]).ordinal() + 1));
        }
        var trainer = new ProtobufWriter().text(2, "tiny").number(3, 2).number(4, pieces.size())
                .number(35, byteFallback ? 1 : 0).number(43, -1);
        var normalizer = new ProtobufWriter().text(1, "identity").bytes(2, new byte[0]).number(3, dummyPrefix ? 1 : 0)
                .number(4, trimsSpaces ? 1 : 0).number(5, 1);
        return model.message(2, trainer).message(3, normalizer);
    }

    public static ProtobufWriter piece(String text, float score, long type) {
        var piece = new ProtobufWriter().text(1, text).fourBytes(2, score);
        return type == 1 ? piece : piece.number(3, type);
    }

    /** Writes tokenizer.model. @return the folder */
    public Path write(Path folder) {
        try {
            Files.write(folder.resolve("tokenizer.model"), proto().bytes());
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Number of pieces. */
    public int size() { return pieces.size(); }

    /** Ids by the book. */
    public int[] ids(String text) {
        Map<String, Integer> ids = new HashMap<>();
        pieces.forEach(piece -> ids.put((String) piece[0], ids.size()));
        List<String> parts = new ArrayList<>();
        List<Boolean> apart = new ArrayList<>();
        String rest = normalized(text);
        while (!rest.isEmpty()) {
            String symbol = "";
            for (Object[] piece : pieces) {
                if (piece[2] == Type.USER_DEFINED && rest.startsWith((String) piece[0])
                        && ((String) piece[0]).length() > symbol.length()) {
                    symbol = (String) piece[0];
                }
            }
            apart.add(!symbol.isEmpty());
            parts.add(symbol.isEmpty() ? Character.toString(rest.codePointAt(0)) : symbol);
            rest = rest.substring(parts.get(parts.size() - 1).length());
        }
        while (joinBest(parts, apart, ids)) { }
        List<Integer> made = new ArrayList<>();
        for (String part : parts) {
            Integer id = ids.get(part);
            if (id != null) {
                made.add(id);
            } else if (!byteFallback) {
                unknown(made);
            } else {
                for (byte b : part.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
                    made.add(3 + (b & 0xff));
                }
            }
        }
        return made.stream().mapToInt(id -> id).toArray();
    }

    private static void unknown(List<Integer> made) {
        if (made.isEmpty() || made.get(made.size() - 1) != 0) {
            made.add(0);
        }
    }

    private boolean joinBest(List<String> parts, List<Boolean> apart, Map<String, Integer> ids) {
        int at = -1;
        float best = Float.NEGATIVE_INFINITY;
        for (int i = 0; i + 1 < parts.size(); i++) {
            Integer id = ids.get(parts.get(i) + parts.get(i + 1));
            if (id != null && pieces.get(id)[2] == Type.NORMAL && !apart.get(i) && !apart.get(i + 1)
                    && (float) pieces.get(id)[1] > best) {
                best = (float) pieces.get(id)[1];
                at = i;
            }
        }
        if (at < 0) {
            return false;
        }
        parts.set(at, parts.get(at) + parts.remove(at + 1));
        apart.remove(at + 1);
        return true;
    }

    private String normalized(String text) {
        String given = trimsSpaces ? text.replaceAll(" +", " ").replaceAll("\\A ", "").replaceAll("[ ▁]+\\z", "")
                : text;
        return given.isEmpty() ? "" : ((dummyPrefix ? "▁" : "") + given).replace(' ', '▁');
    }
}
