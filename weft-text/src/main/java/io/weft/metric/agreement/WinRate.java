package io.weft.metric.agreement;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How often one of two is preferred; ties count half to each side.
 *
 * @param wins of the one  @param losses wins of the other
 */
public record WinRate(int wins, int ties, int losses) {
    public static final WinRate NONE = new WinRate(0, 0, 0);

    public int votes() { return wins + ties + losses; }

    /** From 0 to 1; empty where nobody voted. */
    public OptionalDouble rate() {
        return votes() == 0 ? OptionalDouble.empty() : OptionalDouble.of((wins + ties / 2.0) / votes());
    }

    public WinRate plus(WinRate other) {
        return new WinRate(wins + other.wins, ties + other.ties, losses + other.losses);
    }

    /** Of all together. */
    public static WinRate sum(List<WinRate> parts) { return parts.stream().reduce(NONE, WinRate::plus); }
}
