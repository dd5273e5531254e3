package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.PassFeed;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import io.weft.settings.Word;
import io.weft.tensor.Tensor;
import io.weft.tune.prompt.FreshTensors;
import io.weft.tune.prompt.InsertFeed;
import io.weft.tune.prompt.PromptNetwork;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * P-tuning (Liu et al. 2021, arXiv:2103.10385): a soft prompt that a small network makes of learned vectors, which
 * trains more smoothly than the vectors alone; when training ends only what it made is needed. PEFT's P_TUNING.
 *
 * @param length  number of virtual tokens
 * @param encoder the network
 * @param hidden  its inner width; an LSTM has twice as much, for its two directions
 * @param layers  of an LSTM
 * @param dropout share of what one layer of an LSTM says to the next that is left out while training
 */
public record PTuning(int length, Encoder encoder, int hidden, int layers, double dropout) implements PromptAdapter {
    /** Length and width are those of PEFT's guide to P-tuning. */
    static final PTuning DEFAULTS = new PTuning(20, Encoder.MLP, 128, 2, 0);
    private static final Section<PTuning> SECTION = Section.of("pTuning", DEFAULTS,
            text("virtual tokens before every row, made by a small network"),
            VirtualTokens.LENGTH,
            Setting.of("encoder", OneOf.of(Encoder.class), text("the network: three linear layers, or an LSTM"))
                    .fixed(text("the checkpoint holds the one or the other")),
            Setting.of("hidden", new WholeNumber(1, 65_536), text("inner width of the network"))
                    .fixed(text("the matrices in the checkpoint have this width")),
            Setting.of("layers", new WholeNumber(1, 64), text("layers of an LSTM"))
                    .fixed(text("the checkpoint holds so many")),
            Setting.of("dropout", new Number(0, false, 1, true),
                    text("share of what an LSTM's layers say to each other left out while training")));
    private static final long STREAM = 0x7074756e; // "ptun"
    private static final String HEAD = "mlp_head.", RECURRENT = "lstm_head";

    /** What makes the virtual tokens. */
    public enum Encoder implements Word { MLP, LSTM }

    @Override public Section<PTuning> section() { return SECTION; }

    @Override public Map<String, String> conflicts() {
        Map<String, String> conflicts = new TreeMap<>();
        if (encoder == Encoder.MLP) {
            if (layers != DEFAULTS.layers) {
                conflicts.put("layers", say("are those of an LSTM, and encoder is mlp"));
            }
            if (dropout != 0) {
                conflicts.put("dropout", say("is that of an LSTM, and encoder is mlp"));
            }
        } else if (dropout != 0 && layers == 1) {
            conflicts.put("dropout", say("stands between layers, and there is one"));
        }
        return conflicts;
    }

    @Override public int positions() { return length; }

    @Override public long width(CausalLm model) { return model.width(); }

    @Override public PassFeed feed(CausalLm model, PromptNetwork network) { return new InsertFeed(network, length); }

    @Override public Map<String, Tensor> fresh(CausalLm model, long seed, Function<String, int[]> ids) {
        long width = model.width();
        FreshTensors fresh = new FreshTensors(STREAM, seed).table(length, width);
        return (encoder == Encoder.MLP
                ? fresh.linear(HEAD + 0, hidden, width).linear(HEAD + 2, hidden, hidden).linear(HEAD + 4, width, hidden)
                : fresh.lstm(RECURRENT, width, hidden, layers).linear(HEAD + 0, 2L * hidden, 2L * hidden)
                .linear(HEAD + 2, width, 2L * hidden)).made();
    }

    @Override public String peftType() { return "P_TUNING"; }

    @Override public Map<String, Object> peftKeys(CausalLm model) {
        Map<String, Object> keys = new TreeMap<>(VirtualTokens.peftKeys(length, model.blocks().size(), model.width()));
        keys.put("encoder_dropout", dropout);
        keys.put("encoder_hidden_size", hidden);
        keys.put("encoder_num_layers", layers);
        keys.put("encoder_reparameterization_type", encoder.name());
        return keys;
    }

    @Override public PTuning ofPeft(PeftConfig config) {
        config.refuseUnless("encoder_reparameterization_type", List.of("\"MLP\"", "\"LSTM\""), "");
        String type = config.text("encoder_reparameterization_type", Encoder.MLP.name());
        return new PTuning(VirtualTokens.length(config), type.toUpperCase(Locale.ROOT).equals("LSTM") ? Encoder.LSTM
                : Encoder.MLP, config.wholeNumber("encoder_hidden_size", 1),
                config.wholeNumber("encoder_num_layers", 1), config.number("encoder_dropout", 0));
    }

    /** PEFT's examples of P-tuning train with 1e-3. */
    @Override public double learningRate() { return 1e-3; }
}
