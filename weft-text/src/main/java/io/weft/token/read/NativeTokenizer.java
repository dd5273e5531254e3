package io.weft.token.read;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

import static io.weft.problem.Language.say;

/**
 * Owns one native tokenizer (Hugging Face's own Rust library, through DJL) and is the only class that sees DJL. Never
 * truncates, never pads, never opens a connection. May be used from several threads; {@link #close} when none does.
 */
public final class NativeTokenizer implements AutoCloseable {
    static {
        // DJL would else ask the cloud metadata service and report its use, and on a machine with CUDA download another
        // native library; read once, at first use
        setUnlessSet("OPT_OUT_TRACKING", "true");
        setUnlessSet("RUST_FLAVOR", "cpu");
        setUnlessSet("ai.djl.offline", "true");
    }

    // DJL cuts at 512 tokens unless told otherwise
    private static final Map<String, String> WHOLE_TEXTS = Map.of("truncation", "do_not_truncate", "padding",
            "do_not_pad");
    private static final int SHOWN = 80;
    private final HuggingFaceTokenizer handle;

    /**
     * @param json a tokenizer.json
     * @throws IllegalArgumentException with the library's reason when it cannot be used
     */
    NativeTokenizer(byte[] json) {
        try {
            handle = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), WHOLE_TEXTS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** @param addSpecial whether the post-processor adds its tokens, such as BOS */
    public int[] ids(String text, boolean addSpecial) { return narrow(encoded(text, addSpecial).getIds()); }

    /** Ids and spans, without tokens added by the post-processor. */
    public Encoding encode(String text) {
        var encoding = encoded(text, false);
        int[] ids = narrow(encoding.getIds()), starts = new int[ids.length], ends = new int[ids.length];
        int[] unit = unitOfCodePoint(text);
        CharSpan[] spans = encoding.getCharTokenSpans();
        for (int i = 0; i < ids.length; i++) {
            // made of no character: lies where the token before it ended
            if (spans[i] == null) {
                starts[i] = ends[i] = i == 0 ? 0 : ends[i - 1];
            } else {
                starts[i] = unit == null ? spans[i].getStart() : unit[spans[i].getStart()];
                ends[i] = unit == null ? spans[i].getEnd() : unit[spans[i].getEnd()];
            }
        }
        return new Encoding(ids, starts, ends);
    }

    /** @throws TokenRefusal when the text has a character for which the tokenizer knows no token */
    private ai.djl.huggingface.tokenizers.Encoding encoded(String text, boolean addSpecial) {
        try {
            return handle.encode(wellFormed(text), addSpecial, false);
        } catch (IllegalStateException e) {
            throw e;                                                 // closed
        } catch (RuntimeException e) {
            throw new TokenRefusal(say("the tokenizer knows no token for a part of this text, nor an unknown token "
                    + "that could stand for it (model.unk_token or unk_id of tokenizer.json): '%s'",
                    text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…"), e);
        }
    }

    public String decode(int[] ids, boolean skipSpecial) {
        long[] wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            wide[i] = ids[i];
        }
        return handle.decode(wide, skipSpecial);
    }

    @Override public void close() { handle.close(); }

    /** Unpaired surrogates, which no UTF-8 text can hold, as U+FFFD; the library would make three of each. */
    private static String wellFormed(String text) {
        StringBuilder repaired = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            repaired = repaired == null ? new StringBuilder(text) : repaired;
            repaired.setCharAt(i, '\uFFFD');
        }
        return repaired == null ? text : repaired.toString();
    }

    /**
     * The library counts code points. Null when each is one unit, else the unit at which code point n begins, for n
     * from 0 to their number.
     */
    private static int[] unitOfCodePoint(String text) {
        int count = text.codePointCount(0, text.length());
        if (count == text.length()) {
            return null;
        }
        int[] unit = new int[count + 1];
        for (int n = 0; n < count; n++) {
            unit[n + 1] = unit[n] + Character.charCount(text.codePointAt(unit[n]));
        }
        return unit;
    }

    private static int[] narrow(long[] ids) {
        int[] narrow = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            narrow[i] = (int) ids[i];
        }
        return narrow;
    }

    private static void setUnlessSet(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
