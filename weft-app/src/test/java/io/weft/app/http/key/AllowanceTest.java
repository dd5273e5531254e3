package io.weft.app.http.key;

import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a client may ask in a minute, on a clock of the test's own. */
class AllowanceTest {
    private long now = Long.MAX_VALUE - 5; // clocks of nanoseconds may overflow

    private void pass(double seconds) { now += (long) (seconds * TimeUnit.SECONDS.toNanos(1)); }

    @Test void requestsComeBackSteadily() {
        Allowance allowance = new Allowance(OptionalInt.of(6), OptionalInt.empty(), () -> now);
        for (int i = 0; i < 6; i++) {
            assertThat(allowance.take()).isEmpty();
        }
        assertThat(allowance.take()).contains(new Allowance.Spent("requests", 6, 10));
        assertThat(allowance.headers()).containsEntry("x-ratelimit-limit-requests", "6")
                .containsEntry("x-ratelimit-remaining-requests", "0")
                .containsEntry("x-ratelimit-reset-requests", "60000ms").hasSize(3);
        pass(9.9);
        assertThat(allowance.take()).contains(new Allowance.Spent("requests", 6, 1));
        pass(0.2);
        assertThat(allowance.take()).isEmpty();
        assertThat(allowance.take()).isPresent();
        pass(3600);
        assertThat(allowance.headers()).containsEntry("x-ratelimit-remaining-requests", "6");
    }

    @Test void tokensAreTakenWhenTheyAreKnownAndTheirDebtIsPaidFirst() {
        Allowance allowance = new Allowance(OptionalInt.of(100), OptionalInt.of(600), () -> now);
        assertThat(allowance.take()).isEmpty();
        allowance.spend(900);
        assertThat(allowance.take().orElseThrow().bound()).isEqualTo("tokens");
        assertThat(allowance.take().orElseThrow().seconds()).isEqualTo(31);
        assertThat(allowance.headers()).containsEntry("x-ratelimit-remaining-tokens", "0")
                .containsEntry("x-ratelimit-remaining-requests", "99");
        pass(31);
        assertThat(allowance.take()).isEmpty();
    }

    @Test void whatIsNotBoundedIsNotTold() {
        Allowance allowance = new Allowance(OptionalInt.empty(), OptionalInt.empty(), () -> now);
        allowance.spend(1_000_000_000);
        assertThat(allowance.take()).isEmpty();
        assertThat(allowance.headers()).isEmpty();
    }
}
