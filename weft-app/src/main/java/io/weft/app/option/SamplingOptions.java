package io.weft.app.option;

import io.weft.generate.Sampling;
import picocli.CommandLine.Option;

/** The options that say how answers are drawn, alike in every command that has them. */
public final class SamplingOptions {
    private static final Sampling USUAL = Sampling.DEFAULTS;
    @Option(names = "--max-tokens", paramLabel = "N") private int maxTokens = USUAL.maxNewTokens();
    @Option(names = "--temperature", paramLabel = "T") private double temperature = USUAL.temperature();
    @Option(names = "--top-p", paramLabel = "P") private double topP = USUAL.topP();
    @Option(names = "--top-k", paramLabel = "K") private int topK = USUAL.topK();
    @Option(names = "--min-p", paramLabel = "P") private double minP = USUAL.minP();
    @Option(names = "--repetition-penalty", paramLabel = "R") private double repetitionPenalty =
            USUAL.repetitionPenalty();
    @Option(names = "--seed", paramLabel = "N") private long seed = USUAL.seed();
    @Option(names = "--greedy") private boolean greedy;

    /** @throws io.weft.problem.UserError naming every number that is out of its bounds */
    public Sampling sampling() {
        return new Sampling(maxTokens, greedy ? 0 : temperature, topP, topK, minP, repetitionPenalty, seed);
    }
}
