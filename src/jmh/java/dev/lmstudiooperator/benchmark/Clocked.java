package dev.lmstudiooperator.benchmark;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Measures the duration of work. */
public final class Clocked {

    private Clocked() {}

    /** Returns milliseconds. */
    public static double millis(Callable<?> work) throws Exception {
        long begun = System.nanoTime();
        work.call();
        return (System.nanoTime() - begun) / 1e6;
    }

    /** Returns milliseconds; negative if the second time is before the first. */
    public static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    public static double seconds(Instant from, Instant to) {
        return millis(from, to) / 1000;
    }

    /** Waits for the duration of a measurement window. */
    public static void pass(Duration window) {
        Instant end = Instant.now().plus(window);
        eventually("the measurement window has passed", window.plusMinutes(1), Instant::now, now -> now.isAfter(end));
    }

    /** Returns the executions per second of concurrent threads that each repeat the work {@code timesEach} times. */
    public static double perSecond(int threads, int timesEach, Callable<?> work) throws Exception {
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            long begun = System.nanoTime();
            List<Future<?>> working = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                working.add(workers.submit(() -> {
                    for (int time = 0; time < timesEach; time++) {
                        work.call();
                    }
                    return true;
                }));
            }
            for (Future<?> worker : working) {
                worker.get();
            }
            return threads * timesEach / ((System.nanoTime() - begun) / 1e9);
        }
    }
}
