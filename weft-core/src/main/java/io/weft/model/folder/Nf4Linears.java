package io.weft.model.folder;

import io.weft.model.LinearForm;
import io.weft.nn.Weight;
import io.weft.nn.quant.Nf4Quantiser;

/**
 * Which linears are quantised while they are read: all but the head, as transformers does with bitsandbytes. Left alone
 * are the routers of experts, which are small and choose, and rows that are no multiple of a block, whose scales
 * bitsandbytes' readers do not agree about (see {@link io.weft.nn.quant.Nf4Weight.Order}).
 */
record Nf4Linears(Nf4Quantiser quantiser) implements LinearForm {
    static final Nf4Linears USUAL = new Nf4Linears(Nf4Quantiser.USUAL);
    private static final String ROUTER = ".gate", WEIGHT = ".weight";

    @Override public Weight of(String name, Weight read) {
        return takes(name.replaceFirst("\\" + WEIGHT + "$", ""), read) ? quantiser.of(read) : read;
    }

    /** Whether it quantises a weight. @param name of the linear */
    boolean takes(String name, Weight read) {
        return !name.endsWith(ROUTER) && read.inputs() % quantiser.block() == 0;
    }

    /** What so many elements take: half a byte each, and a byte for each block. */
    static long bytes(long elements) { return elements / 2 + elements / Nf4Quantiser.USUAL.block(); }
}
