package io.weft.token;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;

/**
 * Learns a byte-level BPE vocabulary (Sennrich et al. 2016, arXiv:1508.07909; bytes as in GPT-2) and writes it as a
 * Hugging Face tokenizer.json. Merges, ties included, are those of the tokenizers library's BpeTrainer with
 * min_frequency 2; the same texts always give the same files. Any text can be encoded and comes back unchanged.
 *
 * @param vocabulary tokens altogether: 256 bytes, the merges, the special tokens; fewer come out when no pair occurs
 *     twice any more
 * @param special    special tokens, given the highest ids in this order
 * @param end        which of them ends an answer (eos_token)
 * @param pad        which of them fills up batches (pad_token)
 */
public record BpeTrainer(int vocabulary, List<String> special, String end, String pad) {
    // Qwen2's, but that letters take no sign with them: a word after a slash, a dash or an equals sign stays one token,
    // so that a name can be copied from one place to the other
    private static final String SPLIT =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)| ?\\p{L}+|\\p{N}| "
            + "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final Pattern WORDS = Pattern.compile(SPLIT, Pattern.UNICODE_CHARACTER_CLASS);
    private static final int BYTES = 256;
    private static final int LEAST_OCCURRENCES = 2;                  // what occurs once is no pattern
    private static final ObjectMapper JSON = new ObjectMapper();

    public BpeTrainer {
        special = List.copyOf(special);
        if (vocabulary < BYTES + special.size() || !special.contains(end) || !special.contains(pad)) {
            throw new IllegalArgumentException("vocabulary " + vocabulary + ", special " + special + ", end " + end
                    + ", pad " + pad);
        }
    }

    /**
     * Learns from the texts and writes tokenizer.json and tokenizer_config.json into the folder, made if need be.
     *
     * @return tokens in the vocabulary
     */
    public int train(Iterable<String> texts, Path folder) {
        List<Word> words = words(texts);
        List<String> tokens = new ArrayList<>(alphabet());
        List<String[]> merges = merges(words, tokens, vocabulary - special.size());
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("tokenizer.json"),
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tokenizer(tokens, merges)));
            Files.writeString(folder.resolve("tokenizer_config.json"),
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config()));
        } catch (IOException e) {
            throw UserError.of(say("%s: cannot be written (%s)", "%s:无法写入(%s)", folder, e.getMessage()), e);
        }
        return tokens.size() + special.size();
    }

    /** The distinct words with their counts, in order of first appearance, as bytes' ids. */
    private static List<Word> words(Iterable<String> texts) {
        Map<String, Word> words = new LinkedHashMap<>();
        int[] idOfByte = idOfByte();
        for (String text : texts) {
            Matcher matcher = WORDS.matcher(text);
            while (matcher.find()) {
                words.computeIfAbsent(matcher.group(), word -> new Word(word, idOfByte)).count++;
            }
        }
        return List.copyOf(words.values());
    }

    /**
     * Merges the most frequent pair again and again. Counts change only where a merge took place. Appends to the
     * tokens.
     */
    private static List<String[]> merges(List<Word> words, List<String> tokens, int wanted) {
        Map<Long, Pair> pairs = new HashMap<>();
        for (int w = 0; w < words.size(); w++) {
            Word word = words.get(w);
            for (int i = 0; i + 1 < word.length; i++) {
                count(pairs, word.symbols[i], word.symbols[i + 1], word.count, w);
            }
        }
        Map<String, Integer> ids = new HashMap<>();
        tokens.forEach(token -> ids.put(token, ids.size()));
        var queue = new PriorityQueue<Candidate>();
        pairs.values().forEach(pair -> queue.add(new Candidate(pair, pair.count)));
        List<String[]> merges = new ArrayList<>();
        while (tokens.size() < wanted && !queue.isEmpty()) {
            Candidate best = queue.poll();
            Pair pair = best.pair;
            if (best.count != pair.count) {                          // has changed since it was queued
                queue.add(new Candidate(pair, pair.count));
                continue;
            }
            if (pair.count < LEAST_OCCURRENCES) {
                break;
            }
            String left = tokens.get(pair.left), right = tokens.get(pair.right);
            merges.add(new String[] {left, right});
            int merged = ids.computeIfAbsent(left + right, token -> ids.size());
            if (merged == tokens.size()) {
                tokens.add(left + right);
            }
            Map<Long, Pair> born = new LinkedHashMap<>();
            for (int n = 0; n < pair.occurrences; n++) {
                int w = pair.words[n];
                words.get(w).merge(pair, merged, w, pairs, born);
            }
            born.values().forEach(fresh -> queue.add(new Candidate(fresh, fresh.count)));
        }
        return merges;
    }

    private static Pair count(Map<Long, Pair> pairs, int left, int right, long delta, int word) {
        Pair pair = pairs.computeIfAbsent((long) left << 32 | right, key -> new Pair(left, right));
        pair.count += delta;
        if (delta > 0) {
            pair.occursIn(word);
        }
        return pair;
    }

    /** A distinct word, how often it occurred, and its present tokens. */
    private static final class Word {
        private final int[] symbols;
        private int length;
        private long count;

        Word(String text, int[] idOfByte) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            symbols = new int[bytes.length];
            length = bytes.length;
            for (int i = 0; i < length; i++) {
                symbols[i] = idOfByte[bytes[i] & 255];
            }
        }

        /**
         * Replaces the pair wherever it stands and tells the counts of the pairs around it; pairs that were born here
         * are collected.
         */
        void merge(Pair pair, int merged, int number, Map<Long, Pair> pairs, Map<Long, Pair> born) {
            int to = 0;
            for (int from = 0; from < length; from++, to++) {
                if (symbols[from] != pair.left || from + 1 >= length || symbols[from + 1] != pair.right) {
                    symbols[to] = symbols[from];
                    continue;
                }
                if (to > 0) {
                    count(pairs, symbols[to - 1], pair.left, -count, number);
                    born.put((long) symbols[to - 1] << 32 | merged,
                            count(pairs, symbols[to - 1], merged, count, number));
                }
                from++;
                symbols[to] = merged;
                if (from + 1 < length) {
                    count(pairs, pair.right, symbols[from + 1], -count, number);
                    born.put((long) merged << 32 | symbols[from + 1],
                            count(pairs, merged, symbols[from + 1], count, number));
                }
            }
            length = to;
        }
    }

    /** Two neighbouring tokens, how often they stand so, and the words in which they did at some time. */
    private static final class Pair {
        private final int left, right;
        private long count;
        private int[] words = new int[4];
        private int occurrences;

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }

        void occursIn(int word) {
            if (occurrences > 0 && words[occurrences - 1] == word) {
                return;
            }
            if (occurrences == words.length) {
                words = Arrays.copyOf(words, 2 * occurrences);
            }
            words[occurrences++] = word;
        }
    }

    /**
     * A pair with its count at the time of queueing: the most frequent first, of equals the one of the older tokens.
     */
    private record Candidate(Pair pair, long count) implements Comparable<Candidate> {
        private static final Comparator<Candidate> ORDER =
                Comparator.<Candidate>comparingLong(candidate -> -candidate.count)
                .thenComparingInt(candidate -> candidate.pair.left).thenComparingInt(candidate -> candidate.pair.right);

        @Override public int compareTo(Candidate other) { return ORDER.compare(this, other); }
    }

    /** GPT-2's visible character for each byte: printable Latin-1 stands for itself, the others follow from U+0100. */
    private static char[] characterOfByte() {
        char[] characters = new char[BYTES];
        for (int b = 0, next = BYTES; b < BYTES; b++) {
            boolean visible = b > ' ' && b <= '~' || b >= 0xA1 && b != 0xAD;
            characters[b] = (char) (visible ? b : next++);
        }
        return characters;
    }

    /** The bytes' characters in ascending order: token ids 0 to 255. */
    private static List<String> alphabet() {
        char[] characters = characterOfByte();
        Arrays.sort(characters);
        return new String(characters).chars().mapToObj(Character::toString).toList();
    }

    private static int[] idOfByte() {
        char[] characters = characterOfByte(), sorted = characters.clone();
        Arrays.sort(sorted);
        int[] ids = new int[BYTES];
        for (int b = 0; b < BYTES; b++) {
            ids[b] = Arrays.binarySearch(sorted, characters[b]);
        }
        return ids;
    }

    private ObjectNode tokenizer(List<String> tokens, List<String[]> merges) {
        ObjectNode root = JSON.createObjectNode().put("version", "1.0").putNull("truncation").putNull("padding");
        var added = root.putArray("added_tokens");
        for (int n = 0; n < special.size(); n++) {
            added.addObject().put("id", tokens.size() + n).put("content", special.get(n)).put("single_word", false)
                    .put("lstrip", false).put("rstrip", false)
                    .put("normalized", false).put("special", true);
        }
        root.putNull("normalizer");
        var steps = root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
        steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false).putObject("pattern")
                .put("Regex", SPLIT);
        byteLevel(steps.addObject());
        byteLevel(root.putObject("post_processor"));
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token")
                .putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false)
                .put("ignore_merges", false);
        ObjectNode ids = model.putObject("vocab");
        tokens.forEach(token -> ids.put(token, ids.size()));
        var rules = model.putArray("merges");
        merges.forEach(merge -> rules.addArray().add(merge[0]).add(merge[1]));
        return root;
    }

    private static void byteLevel(ObjectNode node) {
        node.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", false).put("use_regex", false);
    }

    private ObjectNode config() {
        return JSON.createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast").put("eos_token", end)
                .put("pad_token", pad).put("clean_up_tokenization_spaces", false);
    }
}
