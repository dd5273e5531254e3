package io.weft.token;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * Owns native memory: text to token ids and back, as the tokenizer.json or tokenizer.model of a model folder says. Ids
 * equal those of Hugging Face's tokenizers library, which does the work; texts are never cut, whatever their length,
 * and nothing is fetched from a network. Unpaired surrogates count as U+FFFD.
 *
 * <p>A special token is an added token that the file marks as special, such as {@code <|im_end|>}. Other added tokens
 * ({@code <tool_call>} of Qwen) are words like any other. Every method but {@link #close} may be called from several
 * threads at once; after {@link #close} they throw {@link IllegalStateException}.
 */
public final class Tokenizer implements DecodeStream.Source, AutoCloseable {
    private final Vocabulary vocabulary;
    private final NativeTokenizer asWritten;                         // recognises the text of special tokens
    private final NativeTokenizer guarded;                           // knows special tokens by secret words only
    private final OptionalInt eos, bos, pad;
    private final int[] prefix;
    // where SentencePiece's decoding is at hand; else the native one
    private final Optional<SentencePieceDecoder> decoder;
    private final TokenizerRule rule;

    private Tokenizer(TokenizerFile file, NativeTokenizer asWritten, NativeTokenizer guarded, OptionalInt bos,
            OptionalInt eos, OptionalInt pad, TokenizerRule rule) {
        this.vocabulary = file.vocabulary();
        this.asWritten = asWritten;
        this.guarded = guarded;
        this.bos = bos;
        this.eos = eos;
        this.pad = pad;
        this.prefix = idsBeforeEveryText(asWritten);
        this.decoder = file.sentencePiece().map(folder -> new SentencePieceDecoder(folder.model(), vocabulary));
        this.rule = rule;
    }

    /**
     * Reads tokenizer.json, or where there is none SentencePiece's tokenizer.model, and, for the names of the special
     * tokens, tokenizer_config.json and special_tokens_map.json where they exist.
     *
     * @throws UserError when a file is missing, broken, of an unknown kind, or names an end or begin token that is not
     *     in the vocabulary
     */
    public static Tokenizer read(Path folder) {
        TokenizerRule rule = TokenizerRules.of(folder);
        TokenizerFile file = TokenizerFile.read(folder, rule);
        OptionalInt bos = named(folder, file, "bos_token"), eos = named(folder, file, "eos_token"),
                pad = named(folder, file, "pad_token");
        NativeTokenizer asWritten = file.asWritten();
        try {
            return new Tokenizer(file, asWritten, file.guarded(), bos, eos, pad, rule);
        } catch (RuntimeException e) {
            asWritten.close();
            throw e;
        }
    }

    private static OptionalInt named(Path folder, TokenizerFile file, String key) {
        for (String name : new String[] {"tokenizer_config.json", "special_tokens_map.json"}) {
            Path path = folder.resolve(name);
            JsonNode value = JsonFile.optional(path).path(key);
            String token = value.isObject() ? value.path("content").asText("") : value.asText("");
            if (value.isNull() || token.isEmpty()) {
                continue;
            }
            OptionalInt id = file.vocabulary().id(token);
            if (id.isEmpty() && !key.equals("pad_token")) {          // Weft never pads
                throw UserError.of(say("%s: %s is '%s', which is not in the vocabulary of %s; correct one of the two",
                        path, key, token, file.path().getFileName()));
            }
            return id;
        }
        return file.sentencePiece().map(read -> file.vocabulary().id(read.tokens().get(key)))
                .orElse(OptionalInt.empty());
    }

    /**
     * The post-processor's ids around a text are fixed: those before it are what the encoding of any word has more at
     * its front.
     */
    private static int[] idsBeforeEveryText(NativeTokenizer tokenizer) {
        int[] bare = tokenizer.ids("a", false), full = tokenizer.ids("a", true);
        int at = 0;
        while (at + bare.length < full.length && !Arrays.equals(bare, Arrays.copyOfRange(full, at, at + bare.length))) {
            at++;
        }
        return Arrays.copyOf(full, at);
    }

    /**
     * Ids of the text with those that the tokenizer adds to every text (Llama's BOS); the text of a special token is
     * that token, except where a family's commands are no text.
     */
    public int[] encode(String text) {
        return rule.commands().isEmpty() ? asWritten.ids(text, true)
                : IntStream.concat(Arrays.stream(prefix), Arrays.stream(encodePlain(text))).toArray();
    }

    /**
     * Ids of the text alone; the text of a special token is that token. For text that a chat template has rendered and
     * for nothing that a user wrote.
     */
    public int[] encodeBare(String text) { return asWritten.ids(text, false); }

    /** As {@link #encodeBare}, except where a family's commands are no text. */
    int[] encodeContinued(String text) { return rule.commands().isEmpty() ? encodeBare(text) : encodePlain(text); }

    /** Ids of the text alone; what looks like a special token is ordinary text. For what users write. */
    public int[] encodePlain(String text) { return guarded.ids(text, false); }

    /** As {@link #encodeBare}, with spans. */
    Encoding encodeBareWithSpans(String text) { return asWritten.encode(text); }

    /** As {@link #encodePlain}, with spans, except that {@link #guard} words are special tokens. */
    Encoding encodeGuarded(String text) { return guarded.encode(text); }

    /** The word that stands for a special token in {@link #encodeGuarded}; no text holds it by chance. */
    String guard(int specialId) { return vocabulary.guard(specialId); }

    /** The ids that {@link #encode} puts before every text, such as BOS; often none. */
    int[] prefix() { return prefix.clone(); }

    /**
     * Text of the ids, spaces left as they are; ids without a token give nothing.
     *
     * @param skipSpecial whether special tokens give nothing
     */
    @Override public String decode(int[] ids, boolean skipSpecial) {
        return decoder.isPresent() ? decoder.get().decode(ids, skipSpecial) : asWritten.decode(ids, skipSpecial);
    }

    /** A new decoder of ids that arrive one by one. @param skipSpecial whether special tokens give nothing */
    public DecodeStream stream(boolean skipSpecial) { return new DecodeStream(this, skipSpecial); }

    /** As {@link #stream(boolean)}, without special tokens: what a reader of an answer wants. */
    public DecodeStream stream() { return stream(true); }

    /** The token that ends an answer, as tokenizer_config.json names it, or else tokenizer.model. */
    public OptionalInt eos() { return eos; }

    /** What a model writes when its answer is over: {@link #eos}, and with some families the role that speaks next. */
    public Set<Integer> endIds() {
        Set<Integer> ids = new TreeSet<>();
        eos.ifPresent(ids::add);
        rule.turnEnds().forEach(token -> vocabulary.id(token).ifPresent(ids::add));
        return ids;
    }

    /**
     * The token that begins a text, as tokenizer_config.json names it, or else tokenizer.model; whether it is added is
     * the tokenizer's matter, see {@link #encode}.
     */
    public OptionalInt bos() { return bos; }

    /** The token that fills up batches, as tokenizer_config.json names it, or else tokenizer.model. */
    public OptionalInt pad() { return pad; }

    /** Highest id + 1, added tokens included: the rows an embedding needs at least. */
    public int size() { return vocabulary.size(); }

    /** The id of a token as the vocabulary spells it, e.g. {@code <|im_end|>} or {@code Ġthe}. */
    public OptionalInt id(String token) { return vocabulary.id(token); }

    /** A token as the vocabulary spells it; {@link #decode} gives its text. */
    public Optional<String> token(int id) { return Optional.ofNullable(vocabulary.token(id)); }

    /** True for added tokens that the file marks as special. */
    @Override public boolean isSpecial(int id) { return vocabulary.isSpecial(id); }

    /** True for added tokens, which text is never cut into pieces for, special or not. */
    boolean isAdded(int id) { return vocabulary.isAdded(id); }

    /** True for a token that stands for one byte of a character, in vocabularies that have such ({@code <0xE4>}). */
    @Override public boolean isByte(int id) { return vocabulary.isByte(id); }

    /** Frees the native memory. To be called when no other thread uses this tokenizer any more. */
    @Override public void close() {
        asWritten.close();
        guarded.close();
    }
}
