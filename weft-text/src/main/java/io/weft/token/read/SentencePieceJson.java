package io.weft.token.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * A SentencePiece model as the {@code tokenizer.json} that gives the same ids. SentencePiece joins the neighbours whose
 * joint piece has the highest score; tokenizer.json lists pairs in their order of joining, so each piece gives every
 * pair of pieces that makes it. Scores that two pieces share are the one thing such a list cannot say: SentencePiece
 * then joins the leftmost, this the one of lower id, as Hugging Face's own converter has it. Learned models have no
 * such scores.
 *
 * <p>User-defined symbols are never joined with anything, nor taken apart: the text is split around them first, and a
 * part that is a piece stays one. (Added tokens would not do: text behind them would get a space at its front.) A part
 * that is the spelling of a byte piece, {@code <0x0A>}, becomes that byte; SentencePiece takes it as the text it is.
 */
final class SentencePieceJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private final SentencePieceModel model;
    private final Map<String, Integer> ids = new HashMap<>();

    private SentencePieceJson(SentencePieceModel model) {
        this.model = model;
        for (int id = 0; id < model.pieces().size(); id++) {
            ids.put(model.pieces().get(id).text(), id);
        }
    }

    /** Two pieces that are joined, and what they make. */
    private record Merge(String left, String right, int leftId, int rightId, float score) {}

    /**
     * The whole file, but for added tokens beyond the model's pieces and a post-processor.
     *
     * @throws io.weft.problem.UserError when a piece cannot be made by joining others
     */
    static ObjectNode of(SentencePieceModel model) { return new SentencePieceJson(model).root(); }

    private ObjectNode root() {
        List<Merge> merges = merges();
        List<String> symbols = model.pieces().stream()
                .filter(piece -> piece.type() == SentencePieceModel.Type.USER_DEFINED)
                .map(SentencePieceModel.Piece::text)
                .sorted(Comparator.comparing(String::length).reversed()).toList();
        if (!symbols.isEmpty()) {
            checkPiecesAreReached(merges);
        }
        ObjectNode root = JSON.objectNode().put("version", "1.0").putNull("truncation").putNull("padding");
        root.set("added_tokens", specialPieces());
        root.set("normalizer", normalizer());
        root.set("pre_tokenizer", preTokenizer(symbols));
        root.putNull("post_processor");
        root.set("decoder", decoder());
        ObjectNode bpe = root.putObject("model").put("type", "BPE").putNull("dropout")
                .put("unk_token", model.unknown().text()).putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix")
                .put("fuse_unk", true).put("byte_fallback", model.byteFallback())
                .put("ignore_merges", !symbols.isEmpty());
        ObjectNode vocabulary = bpe.putObject("vocab");
        for (int id = 0; id < model.pieces().size(); id++) {
            vocabulary.put(model.pieces().get(id).text(), id);
        }
        ArrayNode pairs = bpe.putArray("merges");
        merges.forEach(merge -> pairs.addArray().add(merge.left).add(merge.right));
        return root;
    }

    /** An entry of added_tokens. */
    static ObjectNode added(int id, String content, boolean special) {
        return JSON.objectNode().put("id", id).put("content", content).put("single_word", false).put("lstrip", false)
                .put("rstrip", false).put("normalized", false)
                .put("special", special);
    }

    private ArrayNode specialPieces() {
        ArrayNode added = JSON.arrayNode();
        for (int id = 0; id < model.pieces().size(); id++) {
            if (model.pieces().get(id).isSpecial()) {
                added.add(added(id, model.pieces().get(id).text(), true));
            }
        }
        return added;
    }

    private List<Merge> merges() {
        List<Merge> merges = new ArrayList<>();
        for (SentencePieceModel.Piece piece : model.pieces()) {
            if (piece.type() == SentencePieceModel.Type.NORMAL || piece.type() == SentencePieceModel.Type.UNUSED) {
                List<Merge> ways = ways(piece);
                if (piece.type() == SentencePieceModel.Type.UNUSED && !ways.isEmpty()) {
                    throw SentencePieceModel.unsupported(model.file(),
                            say("byte %d: piece '%s' is marked unused, and text that makes it is taken apart again",
                            piece.offset(), piece.text()));
                }
                merges.addAll(ways);
            }
        }
        // stable: pieces of one score in the order of their ids
        merges.sort(Comparator.comparing(Merge::score).reversed());
        return merges;
    }

    /** The ways to make a piece of two. */
    private List<Merge> ways(SentencePieceModel.Piece piece) {
        List<Merge> ways = new ArrayList<>();
        String text = piece.text();
        for (int at = text.offsetByCodePoints(0, 1); at < text.length(); at = text.offsetByCodePoints(at, 1)) {
            String left = text.substring(0, at), right = text.substring(at);
            boolean fromLeft = joins(left), fromRight = joins(right);
            if (fromLeft && fromRight) {
                ways.add(new Merge(left, right, ids.get(left), ids.get(right), piece.score()));
            } else if ((fromLeft || unknownCharacter(left)) && (fromRight || unknownCharacter(right))) {
                throw SentencePieceModel.unsupported(model.file(),
                        say("byte %d: piece '%s' is made of a character that is no piece itself",
                        piece.offset(), text));
            }
        }
        ways.sort(Comparator.comparingInt(Merge::leftId).thenComparingInt(Merge::rightId));
        return ways;
    }

    private boolean joins(String text) {
        Integer id = ids.get(text);
        return id != null && (model.pieces().get(id).type() == SentencePieceModel.Type.NORMAL
                || model.pieces().get(id).type() == SentencePieceModel.Type.UNUSED);
    }

    /** A character that SentencePiece joins with others although it is no piece. */
    private boolean unknownCharacter(String text) {
        return text.codePointCount(0, text.length()) == 1 && !ids.containsKey(text);
    }

    /**
     * With user-defined symbols a part of a text that is a piece stays one, so joining must lead to that piece as well.
     */
    private void checkPiecesAreReached(List<Merge> merges) {
        Map<String, Map<String, Integer>> ranks = new HashMap<>();
        for (int rank = 0; rank < merges.size(); rank++) {
            ranks.computeIfAbsent(merges.get(rank).left, left -> new HashMap<>()).put(merges.get(rank).right, rank);
        }
        for (SentencePieceModel.Piece piece : model.pieces()) {
            if (piece.type() == SentencePieceModel.Type.NORMAL && joined(piece.text(), ranks).size() > 1) {
                throw SentencePieceModel.unsupported(model.file(),
                        say("byte %d: piece '%s' is never made by joining, in a model with user-defined symbols",
                        piece.offset(), piece.text()));
            }
        }
    }

    private static List<String> joined(String text, Map<String, Map<String, Integer>> ranks) {
        List<String> parts = text.codePoints().mapToObj(Character::toString)
                .collect(Collectors.toCollection(ArrayList::new));
        while (true) {
            int best = Integer.MAX_VALUE, bestAt = -1;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int rank = ranks.getOrDefault(parts.get(i), Map.of()).getOrDefault(parts.get(i + 1), Integer.MAX_VALUE);
                if (rank < best) {
                    best = rank;
                    bestAt = i;
                }
            }
            if (bestAt < 0) {
                return parts;
            }
            parts.set(bestAt, parts.get(bestAt) + parts.remove(bestAt + 1));
        }
    }

    private JsonNode preTokenizer(List<String> symbols) {
        ArrayNode steps = JSON.arrayNode();
        if (model.dummyPrefix() && model.onePrefix()) {
            steps.addObject().put("type", "Metaspace").put("replacement", SentencePieceModel.SPACE)
                    .put("prepend_scheme", "first").put("split", false);
        }
        if (!symbols.isEmpty()) {
            steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false)
                    .set("pattern", regex(symbols.stream().map(SentencePieceJson::quoted)
                    .collect(Collectors.joining("|"))));
        }
        return steps.isEmpty() ? JSON.nullNode()
                : JSON.objectNode().put("type", "Sequence").set("pretokenizers", steps);
    }

    private ObjectNode normalizer() {
        ArrayNode steps = JSON.arrayNode();
        if (model.trimsSpaces()) {
            steps.add(replace(regex(" {2,}"), " "));
            steps.add(replace(regex("\\A "), ""));
            steps.add(replace(regex("[ " + SentencePieceModel.SPACE + "]+\\z"), ""));
        }
        if (model.dummyPrefix() && !model.onePrefix()) {
            steps.add(JSON.objectNode().put("type", "Prepend").put("prepend", SentencePieceModel.SPACE));
        }
        if (!model.dummyPrefix() || !model.onePrefix()) {
            steps.add(replace(JSON.objectNode().put("String", " "), SentencePieceModel.SPACE));
        }
        return JSON.objectNode().put("type", "Sequence").set("normalizers", steps);
    }

    /**
     * For other readers of the file: Weft decodes with {@link SentencePieceDecoder}, which differs from it where bytes
     * are no text.
     */
    private ObjectNode decoder() {
        ArrayNode steps = JSON.arrayNode();
        steps.add(replace(JSON.objectNode().put("String", SentencePieceModel.SPACE), " "));
        if (model.byteFallback()) {
            steps.add(JSON.objectNode().put("type", "ByteFallback"));
        }
        steps.add(JSON.objectNode().put("type", "Fuse"));
        if (model.dummyPrefix() || model.trimsSpaces()) {
            steps.add(JSON.objectNode().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0));
        }
        return JSON.objectNode().put("type", "Sequence").set("decoders", steps);
    }

    private static ObjectNode replace(ObjectNode pattern, String content) {
        return JSON.objectNode().put("type", "Replace").put("content", content).set("pattern", pattern);
    }

    private static ObjectNode regex(String pattern) { return JSON.objectNode().put("Regex", pattern); }

    /** Oniguruma's way to say a text as it is. */
    private static String quoted(String text) {
        var quoted = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c < 128 && !Character.isLetterOrDigit(c)) {
                quoted.append(c < ' ' || c == 127 ? String.format("\\x%02x", c) : "\\" + (char) c);
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.toString();
    }
}
