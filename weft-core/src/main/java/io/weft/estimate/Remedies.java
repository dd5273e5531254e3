package io.weft.estimate;

import io.weft.model.WeightLoading;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.model.folder.Quantise;
import io.weft.objective.Recompute;
import io.weft.tune.Lora;
import io.weft.tune.Tuning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * Settings under which a run that does not fit would: each alone, as far as one alone is enough.
 *
 * @param maxLength data.maxLength of the run  @param loading of its weights
 */
public record Remedies(ModelFolder base, Tuning tuning, WeightLoading loading, TokenLoad load,
        Fitting.Wish wish, int maxLength, long available) {
    /** Rows shorter than this say little. */
    private static final int SHORT = 64;

    /** Each as a command line gives it, with what the run would then take. */
    public List<String> fitting() {
        List<String> found = new ArrayList<>();
        var free = new Fitting.Wish(Recompute.AUTO, wish.upcast(), wish.accumulates(), true, OptionalInt.empty());
        if (!free.equals(wish)) {
            add(found, "train.recompute=auto train.tokensAtOnce=null train.average=tokens", base, tuning, loading,
                    load, free);
        }
        for (int length = maxLength / 2; length >= SHORT && found.isEmpty(); length /= 2) {
            // rows that are longer than that are cut or left out
            long longest = Math.min(load.longest(), length);
            add(found, "data.maxLength=" + length, base, tuning, loading, new TokenLoad(Math.min(load.micro(),
                    load.micro() * length / maxLength), longest, load.trained()), wish);
        }
        if (!tuning.isAdapter()) {
            add(found, "tuning.lora.rank=8", base, Lora.DEFAULTS, loading, load, wish);
        }
        if (base.hasWeights() && base.storedType().bytes() < loading.matrices().bytes() && !base.isNarrow()) {
            add(found, say("%s train.frozenWeights=mapped", loraToo()), base, adapter(), mapped(), load,
                    upcast());
        }
        if (!base.isNarrow()) {
            add(found, say("%s model.quantise=nf4", loraToo()), base.quantised(Optional.of(Quantise.NF4)), adapter(),
                    mapped(), load, upcast());
        }
        return found;
    }

    private WeightLoading mapped() {
        return WeightLoading.of(WeightPlacement.MAPPED).computing(loading.compute()).multiplying(loading.products(),
                loading.products());
    }

    private String loraToo() { return tuning.isAdapter() ? "" : "tuning.lora.rank=8"; }

    private Tuning adapter() { return tuning.isAdapter() ? tuning : Lora.DEFAULTS; }

    /** Weights that are kept narrow are upcast, so nothing of the graph is kept. */
    private Fitting.Wish upcast() {
        return new Fitting.Wish(Recompute.AUTO, true, wish.accumulates(), wish.mayDivide(), wish.atOnce());
    }

    private void add(List<String> found, String settings, ModelFolder other, Tuning by, WeightLoading kept,
            TokenLoad tokens, Fitting.Wish wanted) {
        Fitting fitting = Fitting.of(MemoryModel.of(other, by, kept), tokens, wanted, available);
        if (!fitting.exceeds()) {
            found.add(say("%s  (about %,d MB)", settings.strip(), fitting.memory().total() >> 20));
        }
    }
}
