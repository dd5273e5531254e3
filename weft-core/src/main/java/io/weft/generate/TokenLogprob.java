package io.weft.generate;

import java.util.List;

/**
 * How likely a token was where it stands, under the model's own distribution: before temperature and what else chooses.
 *
 * @param logprob natural logarithm
 * @param likeliest tokens of that place, the likeliest first, each without likeliest of its own
 */
public record TokenLogprob(int id, double logprob, List<TokenLogprob> likeliest) {
    public TokenLogprob { likeliest = List.copyOf(likeliest); }
}
