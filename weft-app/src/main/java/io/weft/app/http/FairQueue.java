package io.weft.app.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What waits, in a line for each owner: the lines are served in turn (round robin), and none can fill the queue so
 * that another owner finds no place: as long as an owner has asked within the last minutes and has nothing waiting, a
 * place is kept for it, up to half of the places. An owner alone has them all. For any thread.
 *
 * @param <T> what waits
 */
public final class FairQueue<T> {
    /** How long an owner that asks nothing more keeps a place. */
    static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int MOST_OWNERS = 10_000;
    private final int capacity;
    private final Function<T, String> owner;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    /** The line that is served next stands first; a line that is served goes to the end, and away when it is empty. */
    private final Map<String, Deque<T>> lines = new LinkedHashMap<>();
    /** When each owner asked last, the one longest ago first. */
    private final Map<String, Long> seen = new LinkedHashMap<>();
    private int size;

    /** @param capacity how many may wait  @param owner whose each is */
    public FairQueue(int capacity, Function<T, String> owner) { this(capacity, owner, System::nanoTime); }

    public FairQueue(int capacity, Function<T, String> owner, LongSupplier nanoTime) {
        this.capacity = capacity;
        this.owner = owner;
        this.nanoTime = nanoTime;
    }

    /** @return false when there is no place for its owner */
    public boolean offer(T item) {
        lock.lock();
        try {
            String name = owner.apply(item);
            if (!hasPlace(name)) {
                return false;
            }
            lines.computeIfAbsent(name, unused -> new ArrayDeque<>()).add(item);
            size++;
            came.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether an owner would find a place now. It is remembered as one that asks. */
    public boolean hasPlaceFor(String name) {
        lock.lock();
        try {
            return hasPlace(name);
        } finally {
            lock.unlock();
        }
    }

    private boolean hasPlace(String name) {
        long now = nanoTime.getAsLong();
        seen.remove(name);
        seen.put(name, now);
        for (Iterator<Map.Entry<String, Long>> oldest = seen.entrySet().iterator(); oldest.hasNext();) {
            if (now - oldest.next().getValue() < REMEMBERED.toNanos() && seen.size() <= MOST_OWNERS) {
                break;
            }
            oldest.remove();
        }
        long absent = seen.keySet().stream().filter(other -> !other.equals(name) && !lines.containsKey(other)).count();
        // one that has nothing waiting may take any place; who has one leaves those that are kept
        return size < (lines.containsKey(name) ? capacity - Math.min(capacity / 2, absent) : capacity);
    }

    /** The next one, or nothing when none comes in that time. */
    public Optional<T> poll(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (size == 0 && left > 0) {
                left = came.awaitNanos(left);
            }
            return take();
        } finally {
            lock.unlock();
        }
    }

    /** The next one, if one waits. */
    public Optional<T> poll() {
        lock.lock();
        try {
            return take();
        } finally {
            lock.unlock();
        }
    }

    private Optional<T> take() {
        if (size == 0) {
            return Optional.empty();
        }
        String name = lines.keySet().iterator().next();
        Deque<T> line = lines.remove(name);
        T item = line.remove();
        if (!line.isEmpty()) {
            lines.put(name, line);
        }
        size--;
        return Optional.of(item);
    }

    /** What {@link #poll()} would give. */
    public Optional<T> peek() {
        lock.lock();
        try {
            return size == 0 ? Optional.empty() : Optional.of(lines.values().iterator().next().peek());
        } finally {
            lock.unlock();
        }
    }

    /** @return whether it waited */
    public boolean remove(T item) {
        lock.lock();
        try {
            String name = owner.apply(item);
            Deque<T> line = lines.get(name);
            if (line == null || !line.remove(item)) {
                return false;
            }
            if (line.isEmpty()) {
                lines.remove(name);
            }
            size--;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** All that wait, as they are served if nobody else comes. */
    public List<T> inTurn() {
        lock.lock();
        try {
            List<T> turns = new ArrayList<>(size);
            List<Iterator<T>> rest = new ArrayList<>();
            lines.values().forEach(line -> rest.add(line.iterator()));
            while (!rest.isEmpty()) {
                rest.removeIf(line -> !line.hasNext());
                rest.forEach(line -> turns.add(line.next()));
            }
            return turns;
        } finally {
            lock.unlock();
        }
    }

    public int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }
}
