package dev.lmstudiooperator.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;

/** Time that advances only when the test advances it. */
final class SimulatedTime implements InstantSource {

    private Instant now = Instant.parse("2026-01-01T12:00:00Z");

    private Duration wallOffset = Duration.ZERO;

    @Override
    public Instant instant() {
        return now;
    }

    /** Time of the wall clock. */
    Instant wall() {
        return now.plus(wallOffset);
    }

    void setWall(Duration action) {
        wallOffset = wallOffset.plus(action);
    }

    Instant in(Duration time) {
        return now.plus(time);
    }

    boolean isPast(Instant time) {
        return !now.isBefore(time);
    }

    void proceed(Instant to) {
        now = to.isAfter(now) ? to : now;
    }

    /** Runs scheduled items when they are due, in the order in which they were scheduled. */
    static final class Agenda {

        private record Item(Instant at, long number, Runnable what) {}

        private final Queue<Item> items =
                new PriorityQueue<>(Comparator.comparing(Item::at).thenComparing(Item::number));
        private long number;

        void add(Instant at, Runnable what) {
            items.add(new Item(at, number++, what));
        }

        Optional<Instant> nextAt() {
            return Optional.ofNullable(items.peek()).map(Item::at);
        }

        void run(Instant now) {
            for (Item next = items.peek(); next != null && !next.at().isAfter(now); next = items.peek()) {
                items.remove();
                next.what().run();
            }
        }
    }
}
