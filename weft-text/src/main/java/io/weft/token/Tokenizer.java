package io.weft.token;

import io.weft.problem.Translatable;
import io.weft.problem.UserError;
import io.weft.token.read.Encoding;
import io.weft.token.read.NativeTokenizer;
import io.weft.token.read.SentencePieceDecoder;
import io.weft.token.read.TokenRefusal;
import io.weft.token.read.TokenizerFile;
import io.weft.token.read.TokenizerRule;
import io.weft.token.read.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

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
    private static final int TOLD = 5;
    private final Vocabulary vocabulary;
    private final NativeTokenizer asWritten;                         // recognises the text of special tokens
    private final NativeTokenizer guarded;                           // knows special tokens by secret words only
    private final OptionalInt eos, bos, pad;
    private final int[] prefix;
    // where SentencePiece's decoding is at hand; else the native one
    private final Optional<SentencePieceDecoder> decoder;
    private final TokenizerRule rule;

    private final int[] suffix;
    private final List<Translatable> notes;
    private final int rows;

    private Tokenizer(TokenizerFile file, NativeTokenizer asWritten, NativeTokenizer guarded, int rows) {
        this.vocabulary = file.vocabulary();
        this.asWritten = asWritten;
        this.guarded = guarded;
        this.bos = file.named("bos_token");
        this.eos = file.named("eos_token");
        this.pad = file.named("pad_token");
        int[] bare = asWritten.ids("a", false), full = asWritten.ids("a", true);
        this.prefix = idsBeforeEveryText(bare, full);
        this.suffix = Arrays.copyOfRange(full, Math.min(full.length, prefix.length + bare.length), full.length);
        this.decoder = file.decoder();
        this.rule = file.rule();
        this.rows = rows;
        this.notes = new ArrayList<>(file.notes());
        notes.addAll(file.notesOnBorders(prefix, suffix));
        if (size() > rows) {
            notes.add(tokensWithoutRow());
        }
        requireRow(eos);
        for (int id : prefix) {
            requireRow(OptionalInt.of(id));
        }
    }

    /**
     * Reads tokenizer.json, or where there is none SentencePiece's tokenizer.model or vocab.json and merges.txt, and
     * what the files beside it say of added and special tokens.
     *
     * @throws UserError when a file is missing, broken, of an unknown kind, or names an end or begin token that is not
     *     in the vocabulary
     */
    public static Tokenizer read(Path folder) { return read(folder, Integer.MAX_VALUE); }

    /**
     * As {@link #read(Path)}, for a model whose embedding may have fewer rows than the tokenizer has tokens: published
     * folders have such tokens, and only a text that needs one is refused.
     *
     * @param rows of the embedding
     * @throws UserError also when the end token, or one that stands before every text, has no row
     */
    public static Tokenizer read(Path folder, int rows) {
        TokenizerFile file = TokenizerFile.read(folder);
        NativeTokenizer asWritten = file.asWritten(), guarded = null;
        try {
            guarded = file.guarded();
            return new Tokenizer(file, asWritten, guarded, rows);
        } catch (RuntimeException e) {
            asWritten.close();
            if (guarded != null) {
                guarded.close();
            }
            throw e;
        }
    }

    /**
     * The post-processor's ids around a text are fixed: those before it are what the encoding of any word has more at
     * its front.
     */
    private static int[] idsBeforeEveryText(int[] bare, int[] full) {
        int at = 0;
        while (at + bare.length < full.length && !Arrays.equals(bare, Arrays.copyOfRange(full, at, at + bare.length))) {
            at++;
        }
        return Arrays.copyOf(full, at);
    }

    private Translatable tokensWithoutRow() {
        List<String> without = IntStream.range(rows, size()).filter(id -> vocabulary.token(id) != null)
                .limit(TOLD).mapToObj(id -> "'" + vocabulary.token(id) + "' (" + id + ")").toList();
        return text("the tokenizer has ids up to %d, but the model's embedding ends at %d; a text that holds one of "
                + "these tokens is refused: %s%s", size() - 1, rows - 1, String.join(", ", without),
                size() - rows > TOLD ? ", …" : "");
    }

    /** @throws TokenRefusal when a token has no row in the model's embedding */
    private void requireRow(OptionalInt id) {
        if (id.isPresent() && id.getAsInt() >= rows) {
            throw new TokenRefusal(say("token '%s' has the id %d, but the model's embedding has %d rows (ids up to %d)"
                    + "; take that text out, or take tokenizer and weights of one model",
                    vocabulary.token(id.getAsInt()), id.getAsInt(), rows, rows - 1));
        }
    }

    private int[] known(int[] ids) {
        if (vocabulary.size() > rows) {
            for (int id : ids) {
                requireRow(OptionalInt.of(id));
            }
        }
        return ids;
    }

    private Encoding known(Encoding encoding) {
        known(encoding.ids());
        return encoding;
    }

    /** What somebody who reads the files might expect otherwise; to be told once. */
    public List<Translatable> notes() { return List.copyOf(notes); }

    /**
     * Ids of the text with those that the tokenizer adds to every text (Llama's BOS); the text of a special token is
     * that token, except where a family's commands are no text.
     */
    public int[] encode(String text) {
        return rule.commands().isEmpty() ? known(asWritten.ids(text, true))
                : IntStream.concat(Arrays.stream(prefix), Arrays.stream(encodePlain(text))).toArray();
    }

    /** As {@link #encode}, without what a tokenizer may put behind every text: for a text that goes on. */
    public int[] encodeOpen(String text) {
        int[] ids = encode(text);
        return suffix.length == 0 ? ids : Arrays.copyOf(ids, ids.length - suffix.length);
    }

    /**
     * Ids of the text alone; the text of a special token is that token. For text that a chat template has rendered and
     * for nothing that a user wrote.
     */
    public int[] encodeBare(String text) { return known(asWritten.ids(text, false)); }

    /** As {@link #encodeBare}, except where a family's commands are no text. */
    public int[] encodeContinued(String text) {
        return rule.commands().isEmpty() ? encodeBare(text) : encodePlain(text);
    }

    /** Ids of the text alone; what looks like a special token is ordinary text. For what users write. */
    public int[] encodePlain(String text) { return known(guarded.ids(text, false)); }

    /** As {@link #encodeBare}, with spans. */
    public Encoding encodeBareWithSpans(String text) { return known(asWritten.encode(text)); }

    /** As {@link #encodePlain}, with spans, except that {@link #guard} words are special tokens. */
    public Encoding encodeGuarded(String text) { return known(guarded.encode(text)); }

    /** The word that stands for a special token in {@link #encodeGuarded}; no text holds it by chance. */
    public String guard(int specialId) { return vocabulary.guard(specialId); }

    /** Whether ordinary text may have the id of this special token, in a file that gives the id twice. */
    public boolean isShared(int specialId) { return vocabulary.isShared(specialId); }

    /** The ids that {@link #encode} puts before every text, such as BOS; often none. */
    public int[] prefix() { return prefix.clone(); }

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
    public boolean isAdded(int id) { return vocabulary.isAdded(id); }

    /** True for a token that stands for one byte of a character, in vocabularies that have such ({@code <0xE4>}). */
    @Override public boolean isByte(int id) { return vocabulary.isByte(id); }

    /** Frees the native memory. To be called when no other thread uses this tokenizer any more. */
    @Override public void close() {
        asWritten.close();
        guarded.close();
    }
}
