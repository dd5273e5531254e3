package io.weft.app.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who comes next, and who finds a place. What waits is a text whose first letter is its owner. */
class FairQueueTest {
    private long now;

    private FairQueue<String> queue(int capacity) {
        return new FairQueue<>(capacity, item -> item.substring(0, 1), () -> now);
    }

    private static List<String> all(FairQueue<String> queue) {
        List<String> taken = new ArrayList<>(), told = queue.inTurn();
        for (Optional<String> next = queue.peek(); next.isPresent(); next = queue.peek()) {
            assertThat(queue.poll()).isEqualTo(next);
            taken.add(next.get());
        }
        assertThat(queue.size()).isZero();
        assertThat(told).as("what it told before").isEqualTo(taken);
        return taken;
    }

    @Test void ownersAreServedInTurnAndEachInItsOwnOrder() {
        FairQueue<String> queue = queue(20);
        Stream.of("a1", "a2", "a3", "a4", "b1", "c1", "b2").forEach(item -> assertThat(queue.offer(item)).isTrue());
        assertThat(all(queue)).containsExactly("a1", "b1", "c1", "a2", "b2", "a3", "a4");
    }

    @Test void whoComesLateIsNotBehindAllThatAnotherAsked() {
        FairQueue<String> queue = queue(20);
        Stream.of("a1", "a2", "a3").forEach(queue::offer);
        assertThat(queue.poll()).contains("a1");
        queue.offer("b1");
        assertThat(all(queue)).containsExactly("a2", "b1", "a3");
    }

    @Test void oneAloneHasAllPlacesAndLeavesOneToEachThatAskedLately() {
        FairQueue<String> queue = queue(4);
        assertThat(Stream.of("a1", "a2", "a3", "a4", "a5").filter(queue::offer)).hasSize(4);
        assertThat(queue.offer("b1")).as("nobody knew of it").isFalse();
        queue.poll();
        assertThat(queue.offer("a5")).as("the place is kept").isFalse();
        assertThat(queue.offer("b1")).isTrue();
        assertThat(queue.offer("b2")).as("it has one").isFalse();
        all(queue);
        assertThat(queue.hasPlaceFor("b")).isTrue();
        assertThat(Stream.of("a1", "a2", "a3", "a4").filter(queue::offer)).hasSize(3);
        now += FairQueue.REMEMBERED.toNanos();
        assertThat(queue.offer("a4")).as("the other has gone").isTrue();
    }

    @Test void notMoreThanHalfOfThePlacesIsKept() {
        FairQueue<String> queue = queue(4);
        Stream.of("b", "c", "d", "e").forEach(queue::hasPlaceFor);
        assertThat(Stream.of("a1", "a2", "a3", "a4").filter(queue::offer)).hasSize(2);
        FairQueue<String> single = queue(1);
        single.hasPlaceFor("b");
        assertThat(single.offer("a1")).isTrue();
        assertThat(single.offer("b1")).isFalse();
    }

    @Test void whatIsTakenBackWaitsNoLonger() {
        FairQueue<String> queue = queue(4);
        Stream.of("a1", "b1", "a2").forEach(queue::offer);
        assertThat(queue.remove("b1")).isTrue();
        assertThat(queue.remove("b1")).isFalse();
        assertThat(queue.remove("c1")).isFalse();
        assertThat(all(queue)).containsExactly("a1", "a2");
    }

    @Test void whoWaitsForTheNextIsWokenByIt() throws InterruptedException {
        FairQueue<String> queue = queue(4);
        assertThat(queue.poll(Duration.ofMillis(5))).isEmpty();
        CompletableFuture<Optional<String>> next = CompletableFuture.supplyAsync(() -> {
            try {
                return queue.poll(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        queue.offer("a1");
        assertThat(next.join()).contains("a1");
    }
}
